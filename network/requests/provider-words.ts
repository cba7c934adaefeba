import type { LocalText, ProviderProblem } from '@millrace/contract';
import { ProviderError, type ProviderErrorKind } from '@millrace/sdk';

/** What to do next, by the kind of a provider's error. */
export const remedies: Readonly<Record<ProviderErrorKind, LocalText>> = {
  settings: {
    en: 'Mend the settings of the provider; it is opened again when they are saved.',
    zh: '请修正该网络服务的设置，保存后会重新连接。',
  },
  unavailable: {
    en: 'It is tried again by itself. If it stays so: check its address, the way to it, and whether it runs.',
    zh: '系统会自动重试。若持续如此，请检查地址、网络路径以及对方是否在运行。',
  },
  denied: {
    en: 'Ask whoever runs that network for the right, or mend the credentials, then restart the provider.',
    zh: '请向该网络的运营方申请权限或修正凭据，然后重新启动该网络服务。',
  },
  refused: {
    en: 'Change what is asked for, or have the network changed, then ask again.',
    zh: '请修改请求内容或调整网络配置，然后重新请求。',
  },
  gone: {
    en: 'It is asked for anew by itself; if it is gone again and again, ask whoever runs that network why.',
    zh: '系统会自动重新请求；如果反复丢失，请向该网络的运营方询问原因。',
  },
  nonsense: {
    en: 'The other side does not follow its specification: check its version against what this provider speaks.',
    zh: '对方的回答不符合规范：请核对其版本与本网络服务支持的版本。',
  },
  unsupported: {
    en: 'Choose another provider, or do without.',
    zh: '请选择其他网络服务，或不使用该功能。',
  },
};

export function problemOf(error: ProviderError, time: string): ProviderProblem {
  return {
    kind: error.kind,
    what: error.words,
    remedy: remedies[error.kind],
    time,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
  };
}

const messageCharactersMax = 500;

/** Whatever a provider throws, as an error of one of its kinds: what it did not raise on purpose counts as "not there". */
export function asProviderError(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const told = text.slice(0, messageCharactersMax);
  return new ProviderError('unavailable', { en: `It failed: ${told}`, zh: `调用失败：${told}` }, text);
}
