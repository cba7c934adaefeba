import { type Static, Type } from 'typebox';

/**
 * What somebody may do. A permission is held at a place of the ISA-95 tree and below it; the empty place is the whole plant.
 */
export const permissions = {
  /** See things, values, history, alarms, dashboards, applications. */
  read: { en: 'See', zh: '查看' },
  /** Acknowledge, shelve, comment on alarms. */
  acknowledge: { en: 'Acknowledge alarms', zh: '确认报警' },
  /** Take leases, write properties, invoke actions. */
  operate: { en: 'Operate', zh: '操作' },
  /** Be the second person of a two-person release; break the glass; suppress alarms, take them out of service. */
  release: { en: 'Release', zh: '放行' },
  /** Things, connections, alarm rules, dashboards, settings of applications. */
  configure: { en: 'Configure', zh: '配置' },
  /** Read, export and verify the audit trail. */
  audit: { en: 'Audit', zh: '审计' },
  /** People, roles, tokens of others, settings of the platform, backups. */
  administer: { en: 'Administer', zh: '管理' },
} as const;
export type Permission = keyof typeof permissions;
export const permissionNames = Object.keys(permissions) as Permission[];

/** Roles a plant starts with, by id. `admin` holds everything. */
export const roles = {
  viewer: { title: { en: 'Viewer', zh: '查看者' }, permissions: ['read'] },
  operator: { title: { en: 'Operator', zh: '操作员' }, permissions: ['read', 'acknowledge', 'operate'] },
  supervisor: {
    title: { en: 'Shift supervisor', zh: '值班长' },
    permissions: ['read', 'acknowledge', 'operate', 'release'],
  },
  engineer: {
    title: { en: 'Engineer', zh: '工程师' },
    permissions: ['read', 'acknowledge', 'operate', 'release', 'configure'],
  },
  auditor: { title: { en: 'Auditor', zh: '审计员' }, permissions: ['read', 'audit'] },
  admin: { title: { en: 'Administrator', zh: '管理员' }, permissions: permissionNames },
} as const satisfies Record<
  string,
  { title: { en: string; zh: string }; permissions: readonly Permission[] }
>;
export type RoleName = keyof typeof roles;
export const roleNames = Object.keys(roles) as RoleName[];

/** A role held at a place and below it, in all applications or in one. */
export const Grant = Type.Object(
  {
    role: Type.Unsafe<RoleName>(Type.String({ enum: roleNames })),
    place: Type.String({ description: 'ISA-95 path; empty: the whole plant.', maxLength: 1024 }),
    app: Type.Optional(
      Type.String({ description: 'Only inside this application; absent: everywhere.', maxLength: 64 }),
    ),
  },
  { title: 'Grant' },
);
export type Grant = Static<typeof Grant>;

/** Who does something: told in the audit trail, in leases, in alarms. */
export interface Actor {
  kind: 'person' | 'token' | 'device' | 'rule' | 'app' | 'platform';
  /** User name, token id, thing id, rule id, app id. */
  id: string;
  /** The person behind a token, or the rule's author, where there is one. */
  for?: string;
}

/** True if `place` is `at` or below it. */
export function isAtOrBelow(place: string, at: string): boolean {
  return at === '' || place === at || place.startsWith(`${at}/`);
}

/** The grants that give a permission (inside `app`, or outside any). */
export function grantsGiving(
  grants: readonly Grant[],
  permission: Permission,
  app?: string,
): readonly Grant[] {
  return grants.filter(
    (grant) =>
      (grant.app === undefined || grant.app === app) &&
      (roles[grant.role].permissions as readonly Permission[]).includes(permission),
  );
}

/** May the holder of these grants do this at this place? */
export function mayAt(
  grants: readonly Grant[],
  permission: Permission,
  place: string,
  app?: string,
): boolean {
  return grantsGiving(grants, permission, app).some((grant) => isAtOrBelow(place, grant.place));
}
