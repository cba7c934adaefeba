import type { ConnectionProblem, LocalText } from '@millrace/contract';
import { TerminalError } from '@millrace/sdk';

/** What was being done when something failed; the same failure means different things at different steps. */
export type Step = 'connect' | 'endpoints' | 'channel' | 'session' | 'request';

export interface ProblemContext {
  /** Address as the person gave it. */
  address: string;
  step: Step;
  /** Our certificate, for "trust it on the server". */
  own?: { thumbprint: string; file: string } | undefined;
  user?: string | undefined;
}

const text = (en: string, zh: string): LocalText => ({ en, zh });

export function problem(
  kind: ConnectionProblem['kind'],
  code: string,
  what: LocalText,
  remedy: LocalText,
  more: { detail?: string; field?: string } = {},
): ConnectionProblem {
  return { kind, code, what, remedy, ...more };
}

export function raise(found: ConnectionProblem): TerminalError {
  const { kind, code, what, remedy, detail, field } = found;
  return new TerminalError(kind, code, what, remedy, {
    ...(detail === undefined ? {} : { detail }),
    ...(field === undefined ? {} : { field }),
  });
}

/** The name of an OPC UA StatusCode in an error of the stack, which carries it in its message only. */
export function statusNameIn(error: unknown): string | undefined {
  const annotated = error as {
    response?: { responseHeader?: { serviceResult?: { name?: string } } };
    statusCode?: { name?: string };
  };
  const name = annotated?.response?.responseHeader?.serviceResult?.name ?? annotated?.statusCode?.name;
  if (name !== undefined && name !== 'Good') return name;
  return /\b(Bad[A-Z][A-Za-z]+)\b/.exec(String((error as Error)?.message ?? error))?.[1];
}

export function messageOf(error: unknown): string {
  const message = String((error as Error)?.message ?? error);
  return message
    .replace(/\s+/g, ' ')
    .replace(/^The connection may have been rejected by server, Err = \((.*)\)$/, '$1')
    .trim()
    .slice(0, 300);
}

const check = text('Check address, port and firewall.', '请检查地址、端口和防火墙。');

/** Turns any failure of the network or of the stack into words for a person. */
export function problemOf(error: unknown, context: ProblemContext): ConnectionProblem {
  if (error instanceof TerminalError) return error.problem;
  const { address } = context;
  const detail = messageOf(error);
  const code = (error as { code?: string })?.code ?? /\bE[A-Z]{3,}\b/.exec(detail)?.[0];
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return problem(
        'unavailable',
        'host-unknown',
        text(`The host name in ${address} is not known here`, `无法解析 ${address} 中的主机名`),
        text('Check the spelling, or give the IP address instead.', '请检查拼写，或改用 IP 地址。'),
        { detail, field: 'endpoint' },
      );
    case 'ECONNREFUSED':
      return problem(
        'unavailable',
        'connection-refused',
        text(`Nothing answers at ${address}: connection refused`, `${address} 拒绝连接：该端口没有服务`),
        text('Check the port, and that the server is running.', '请检查端口，并确认服务器正在运行。'),
        { detail, field: 'endpoint' },
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return problem(
        'unavailable',
        'host-unreachable',
        text(`There is no way to the host of ${address}`, `无法到达 ${address} 的主机`),
        check,
        { detail, field: 'endpoint' },
      );
    case 'ETIMEDOUT':
      return timedOut(context, detail);
  }
  const name = statusNameIn(error);
  switch (name) {
    case 'BadUserAccessDenied':
    case 'BadIdentityTokenRejected':
    case 'BadIdentityTokenInvalid':
    case 'BadUserSignatureInvalid':
      if (context.step === 'request') break;
      return problem(
        'denied',
        'identity-rejected',
        context.user === undefined
          ? text('The server refuses this identity', '服务器拒绝该登录身份')
          : text(`The server refuses user "${context.user}"`, `服务器拒绝用户“${context.user}”`),
        text(
          'Correct user name and password (or the user certificate), or ask who runs the server for access.',
          '请更正用户名和密码（或用户证书），或向服务器管理员申请权限。',
        ),
        { detail: name, field: context.user === undefined ? 'identity' : 'password' },
      );
    case 'BadSecurityChecksFailed':
    case 'BadCertificateUntrusted':
    case 'BadCertificateInvalid':
    case 'BadCertificateUriInvalid':
    case 'BadCertificateUseNotAllowed':
    case 'BadCertificateTimeInvalid':
    case 'BadCertificateIssuerTimeInvalid':
    case 'BadCertificateRevoked':
    case 'BadCertificateChainIncomplete':
    case 'BadCertificateIssuerRevocationUnknown':
    case 'BadCertificateRevocationUnknown':
    case 'BadCertificatePolicyCheckFailed':
    case 'BadApplicationSignatureInvalid':
    case 'BadNoValidCertificates':
      return clientCertificateRejected(context, name);
    case 'BadTooManySessions':
    case 'BadTcpNotEnoughResources':
    case 'BadTcpServerTooBusy':
    case 'BadMaxConnectionsReached':
    case 'BadTooManySecureChannels':
    case 'BadOutOfMemory':
    case 'BadResourceUnavailable':
      return problem(
        'unavailable',
        'server-full',
        text(`The server at ${address} takes no more sessions`, `${address} 的服务器会话数已满`),
        text(
          'Close sessions of other clients or raise the limit on the server; it is tried again.',
          '请关闭其他客户端的会话或提高服务器上限；系统会自动重试。',
        ),
        { detail: name },
      );
    case 'BadShutdown':
    case 'BadServerHalted':
      return problem(
        'unavailable',
        'server-stopping',
        text(`The server at ${address} is shutting down`, `${address} 的服务器正在关闭`),
        text('It is tried again until the server is back.', '服务器恢复后会自动重新连接。'),
        { detail: name },
      );
    case 'BadSecurityPolicyRejected':
    case 'BadSecurityModeRejected':
    case 'BadSecurityModeInsufficient':
      return problem(
        'settings',
        'security-rejected',
        text('The server refuses this security policy or mode', '服务器拒绝该安全策略或模式'),
        text('Choose one that the connection test lists.', '请选择连接测试中列出的安全策略。'),
        { detail: name, field: 'securityPolicy' },
      );
    case 'BadTimeout':
    case 'BadRequestTimeout':
      return timedOut(context, detail);
    case 'BadTcpEndpointUrlInvalid':
      return problem(
        'settings',
        'endpoint-path-unknown',
        text(`The server does not know the path in ${address}`, `服务器不识别 ${address} 中的路径`),
        text('Leave out what follows the port, and test again.', '请去掉端口后的路径并重新测试。'),
        { detail: name, field: 'endpoint' },
      );
  }
  if (/timed ?out|^Timeout\b/i.test(detail)) return timedOut(context, detail);
  const closed =
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    code === 'ECONNABORTED' ||
    /^ERROR in waiting for data|disconnected by third party|socket has been|connection.*(closed|aborted|broken)|premature|Secure Channel Closed|BadConnectionClosed|BadSecureChannelClosed|No SecureChannel/i.test(
      detail,
    );
  if (closed && context.step === 'channel') {
    return problem(
      'unavailable',
      'secure-channel-closed',
      text(
        `The server at ${address} closed the connection while the secure channel was being opened, which most servers do that do not trust the client's certificate`,
        `在建立安全通道时 ${address} 的服务器关闭了连接，多数服务器在不信任客户端证书时会这样`,
      ),
      trustOurs(context),
      { detail: name ?? detail },
    );
  }
  if (closed) {
    return problem(
      'unavailable',
      'connection-closed',
      text(`The server at ${address} closed the connection`, `${address} 的服务器关闭了连接`),
      text('It is tried again; the server’s log says why.', '系统会自动重试；原因请查看服务器日志。'),
      { detail: name ?? detail },
    );
  }
  if (context.step === 'connect' || context.step === 'endpoints') {
    return problem(
      'unavailable',
      'not-opcua',
      text(
        `What answers at ${address} does not speak OPC UA as it should`,
        `${address} 的应答不符合 OPC UA 协议`,
      ),
      text('Check the port: OPC UA usually has 4840.', '请检查端口：OPC UA 通常为 4840。'),
      { detail: name ?? detail, field: 'endpoint' },
    );
  }
  return problem(
    'unavailable',
    'server-error',
    text(`The server at ${address} answered with an error`, `${address} 的服务器返回错误`),
    text('It is tried again; the detail names the reason.', '系统会自动重试；详情中有原因。'),
    { detail: name ?? detail },
  );
}

function timedOut(context: ProblemContext, detail: string): ConnectionProblem {
  return context.step === 'connect'
    ? problem(
        'unavailable',
        'connection-timeout',
        text(`No answer from ${context.address}`, `${context.address} 无应答`),
        check,
        { detail, field: 'endpoint' },
      )
    : problem(
        'unavailable',
        'server-silent',
        text(
          `The server at ${context.address} took the connection and then did not answer in time`,
          `${context.address} 的服务器接受了连接，但未在规定时间内应答`,
        ),
        text(
          'See whether the server is overloaded or hangs; "Time allowed for an answer" can be raised.',
          '请检查服务器是否过载或无响应；也可增大“应答超时”。',
        ),
        { detail },
      );
}

function clientCertificateRejected(context: ProblemContext, detail: string): ConnectionProblem {
  return problem(
    'denied',
    'client-certificate-rejected',
    text("The server does not accept Millrace's certificate", '服务器不接受 Millrace 的证书'),
    trustOurs(context),
    { detail },
  );
}

function trustOurs(context: ProblemContext): LocalText {
  const own = context.own;
  if (own === undefined)
    return text("Trust Millrace's certificate on the server.", '请在服务器上信任 Millrace 的证书。');
  const [copyEn, copyZh] =
    own.file === '' ? ['', ''] : [` (or copy ${own.file} there)`, `（或复制 ${own.file}）`];
  return text(
    `On the server, move the rejected certificate with thumbprint ${own.thumbprint} to the trusted ones${copyEn}, then connect again.`,
    `请在服务器上将指纹为 ${own.thumbprint} 的被拒证书移入受信任列表${copyZh}，然后重新连接。`,
  );
}
