import type { Problem } from '@millrace/contract';
import type { AccessError } from './access.ts';

interface Words {
  status: number;
  en: string;
  zh: string;
  remedy?: { en: string; zh: string };
  field?: string;
}

const known: Record<string, Words> = {
  'not-there': { status: 404, en: 'There is no such person.', zh: '没有这个人员。' },
  exists: { status: 409, en: 'This is there already.', zh: '已经存在。' },
  'not-begun': { status: 409, en: 'This was not begun, or too long ago.', zh: '尚未开始，或开始得太久。' },
  'too-many': { status: 409, en: 'There are as many as are kept.', zh: '数量已达上限。' },
  'last-administrator': {
    status: 409,
    en: 'Nobody could administer the plant then.',
    zh: '这样就没有人能管理工厂了。',
    remedy: {
      en: 'Make another local person administrator of the whole plant first.',
      zh: '请先让另一位本地人员成为全厂管理员。',
    },
  },
  'not-local': {
    status: 409,
    en: 'This person signs in through the plant’s provider.',
    zh: '该人员通过工厂的身份提供方登录。',
  },
  'beyond-grants': {
    status: 403,
    en: 'A token may do no more than its person.',
    zh: '令牌的权限不能超过其所有者。',
    field: 'scopes',
  },
  'no-second-factor': { status: 409, en: 'There is no second factor.', zh: '没有第二因素。' },
  'password-too-short': {
    status: 400,
    en: 'The password has fewer than 10 characters.',
    zh: '密码少于 10 个字符。',
    field: 'password',
  },
  'password-too-long': { status: 400, en: 'The password is too long.', zh: '密码过长。', field: 'password' },
  'password-too-common': {
    status: 400,
    en: 'This password is among the first that anybody would try.',
    zh: '这个密码太常见，很容易被猜中。',
    field: 'password',
  },
  'password-has-name': {
    status: 400,
    en: 'The password is little more than the user name.',
    zh: '密码与用户名过于相近。',
    field: 'password',
  },
  'password-same': {
    status: 400,
    en: 'The new password is the old one.',
    zh: '新密码与旧密码相同。',
    field: 'next',
  },
  'no-grants': {
    status: 403,
    en: 'None of this person’s groups may do something here.',
    zh: '该人员所属的组在此没有任何权限。',
    remedy: {
      en: 'An administrator maps groups to roles on the page “People and roles”.',
      zh: '管理员可在“人员与角色”页面将组映射到角色。',
    },
  },
  'name-wrong': {
    status: 403,
    en: 'The provider’s name for this person cannot be used here.',
    zh: '身份提供方给出的用户名在此不可用。',
  },
  disabled: { status: 403, en: 'This person may not sign in.', zh: '该人员不允许登录。' },
  'oidc-off': {
    status: 404,
    en: 'Sign-in through a provider is switched off.',
    zh: '未启用通过身份提供方登录。',
  },
  'oidc-late': {
    status: 400,
    en: 'This sign-in was not begun here, or too long ago.',
    zh: '此次登录不是从这里开始的，或已过期。',
    remedy: { en: 'Begin again on the sign-in page.', zh: '请在登录页面重新开始。' },
  },
  'oidc-refused': {
    status: 403,
    en: 'The provider did not vouch for this person.',
    zh: '身份提供方未能确认该人员。',
  },
  'oidc-unreachable': {
    status: 502,
    en: 'The provider did not answer.',
    zh: '身份提供方没有应答。',
    remedy: {
      en: 'Check its address, and that this machine reaches it and trusts its certificate.',
      zh: '请检查其地址，以及本机能否访问它并信任其证书。',
    },
    field: 'issuer',
  },
  'oidc-wrong': { status: 400, en: 'A setting is wrong.', zh: '有一项设置不正确。' },
};

/** Words for people, in both languages, for what access refused. */
export function accessProblem(error: AccessError): Problem {
  const words = known[error.code] ?? { status: 400, en: error.message, zh: error.message };
  return {
    type: error.code,
    title: words.en,
    status: words.status,
    detail: error.message,
    ...(words.field === undefined ? {} : { field: words.field }),
    ...(words.remedy === undefined ? {} : { remedy: words.remedy.en }),
    words: {
      title: { en: words.en, zh: words.zh },
      ...(words.remedy === undefined ? {} : { remedy: words.remedy }),
    },
  };
}
