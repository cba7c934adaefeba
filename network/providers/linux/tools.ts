import { execFile } from 'node:child_process';
import { ProviderError } from '@millrace/sdk';

/** A tool that does not answer is given this long. */
const toolMillisecondsMax = 10_000;
const outputBytesMax = 16 * 1024 * 1024;

/** Runs tc, nft, ip and bridge, in a network namespace where one is named. Scripts go over standard input, so nothing needs quoting. */
export interface Tools {
  run(tool: 'tc' | 'nft' | 'ip' | 'bridge' | 'sh', args: readonly string[], input?: string): Promise<string>;
}

export function tools(namespace: string | undefined): Tools {
  return {
    run: (tool, args, input) =>
      new Promise((resolve, reject) => {
        const [file, all] =
          namespace === undefined
            ? [tool as string, [...args]]
            : ['ip', ['netns', 'exec', namespace, tool, ...args]];
        const child = execFile(
          file,
          all,
          {
            timeout: toolMillisecondsMax,
            maxBuffer: outputBytesMax,
            env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C' },
          },
          (error, stdout, stderr) => {
            if (error === null) resolve(stdout);
            else reject(problemOf(tool, args, error, stderr));
          },
        );
        child.stdin?.on('error', () => {});
        child.stdin?.end(input ?? '');
      }),
  };
}

function problemOf(
  tool: string,
  args: readonly string[],
  error: Error & { code?: unknown; killed?: boolean },
  stderr: string,
): ProviderError {
  const said = stderr.trim() || error.message;
  if (error.code === 'ENOENT')
    return new ProviderError(
      'settings',
      {
        en: `The program "${tool}" is not there: install iproute2 and nftables.`,
        zh: `未找到程序“${tool}”，请安装 iproute2 与 nftables。`,
      },
      said,
    );
  if (/not permitted|Permission denied|must be root/i.test(said))
    return new ProviderError(
      'denied',
      {
        en: 'The kernel does not let this program change the network: it needs root or CAP_NET_ADMIN.',
        zh: '内核不允许本程序修改网络，需要 root 权限或 CAP_NET_ADMIN。',
      },
      said,
    );
  if (/Cannot open network namespace/i.test(said))
    return new ProviderError(
      'settings',
      { en: 'There is no such network namespace.', zh: '没有这个网络命名空间。' },
      said,
    );
  if (/Cannot find device|does not exist/i.test(said))
    return new ProviderError('settings', { en: 'There is no such interface.', zh: '没有这个接口。' }, said);
  if (error.killed === true)
    return new ProviderError(
      'unavailable',
      {
        en: `"${tool}" did not end within ${toolMillisecondsMax / 1000} s.`,
        zh: `“${tool}”在 ${toolMillisecondsMax / 1000} 秒内未结束。`,
      },
      said,
    );
  return new ProviderError(
    'refused',
    {
      en: `The kernel refused it: ${said.slice(0, 200)}`,
      zh: `内核拒绝了该操作：${said.slice(0, 200)}`,
    },
    `${tool} ${args.join(' ')}: ${said}`,
  );
}
