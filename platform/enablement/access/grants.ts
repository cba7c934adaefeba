import {
  type Grant,
  isAtOrBelow,
  type Permission,
  type RoleName,
  roleNames,
  roles,
} from '@millrace/contract';

/** The role that gives what both give. The roles are closed under this: see the test. */
function common(a: RoleName, b: RoleName): RoleName | undefined {
  const other = new Set<Permission>(roles[b].permissions);
  const both = (roles[a].permissions as readonly Permission[]).filter((permission) => other.has(permission));
  return roleNames.find(
    (role) =>
      roles[role].permissions.length === both.length &&
      (roles[role].permissions as readonly Permission[]).every((permission) => both.includes(permission)),
  );
}

/** What two lists of grants both give: what a token may, of what its scopes say and its person still holds. */
export function commonGrants(a: readonly Grant[], b: readonly Grant[]): Grant[] {
  const found = new Map<string, Grant>();
  for (const one of a) {
    for (const other of b) {
      const role = common(one.role, other.role);
      const place = isAtOrBelow(one.place, other.place)
        ? one.place
        : isAtOrBelow(other.place, one.place)
          ? other.place
          : undefined;
      if (role === undefined || place === undefined) continue;
      if (one.app !== undefined && other.app !== undefined && one.app !== other.app) continue;
      const app = one.app ?? other.app;
      found.set(`${role} ${app ?? ''} ${place}`, { role, place, ...(app === undefined ? {} : { app }) });
    }
  }
  return [...found.values()];
}

/** True if `scopes` give nothing that `grants` do not. */
export function within(scopes: readonly Grant[], grants: readonly Grant[]): boolean {
  return scopes.every((scope) =>
    (roles[scope.role].permissions as readonly Permission[]).every((permission) =>
      grants.some(
        (grant) =>
          (grant.app === undefined || grant.app === scope.app) &&
          isAtOrBelow(scope.place, grant.place) &&
          (roles[grant.role].permissions as readonly Permission[]).includes(permission),
      ),
    ),
  );
}

export function administersPlant(grants: readonly Grant[]): boolean {
  return grants.some((grant) => grant.role === 'admin' && grant.place === '' && grant.app === undefined);
}

/** The widest of the roles held, for showing. */
export function widestRole(grants: readonly Grant[]): string {
  const widest = [...grants].sort(
    (a, b) =>
      roles[b.role].permissions.length - roles[a.role].permissions.length || a.place.length - b.place.length,
  )[0];
  return widest?.role ?? 'none';
}

/** Places as the tree has them: no empty segments, no spaces around. */
export function tidyGrants(grants: readonly Grant[]): Grant[] {
  return grants.map(({ role, place, app }) => ({
    role,
    place: place
      .split('/')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .join('/'),
    ...(app === undefined || app === '' ? {} : { app }),
  }));
}
