import type { LocalText, TerminalErrorKind } from '@millrace/contract';
import { TerminalError } from '@millrace/sdk';

export interface Place {
  host: string;
  port: number;
}

/** What the system or the TLS library said, in words for the person who set the connection up. */
export function socketProblem(error: Error, place: Place, tls: boolean): TerminalError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const at = `${place.host}:${place.port}`;
  const detail = code === '' || error.message.includes(code) ? error.message : `${error.message} (${code})`;
  const make = (
    kind: TerminalErrorKind,
    name: string,
    what: LocalText,
    remedy: LocalText,
    field?: string,
  ): TerminalError =>
    new TerminalError(kind, name, what, remedy, field === undefined ? { detail } : { detail, field });

  if (code === 'ECONNREFUSED') {
    return make(
      'unavailable',
      'connection-refused',
      { en: `Nothing answers at ${at}.`, zh: `${at} 拒绝连接。` },
      {
        en: 'Is the broker running, and is the port right (1883 plain, 8883 with TLS)?',
        zh: '请确认消息服务器已运行、端口正确（明文 1883，TLS 8883）。',
      },
    );
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_FAIL') {
    return make(
      'unavailable',
      'host-not-found',
      { en: `The name ${place.host} cannot be resolved.`, zh: `无法解析主机名 ${place.host}。` },
      {
        en: 'Check the spelling and the name server, or give the IP address.',
        zh: '请检查拼写和域名服务器，或直接填写 IP 地址。',
      },
      'host',
    );
  }
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'EADDRNOTAVAIL') {
    return make(
      'unavailable',
      'unreachable',
      { en: `There is no way to ${place.host} from here.`, zh: `当前网络无法到达 ${place.host}。` },
      { en: 'Check cable, VLAN, routes and firewall.', zh: '请检查网线、VLAN、路由和防火墙。' },
    );
  }
  if (code === 'ETIMEDOUT') return noAnswer(place);
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return make(
      'unavailable',
      'certificate-expired',
      {
        en: `The certificate of ${at} is ${code === 'CERT_HAS_EXPIRED' ? 'expired' : 'not valid yet'}.`,
        zh: `${at} 的证书${code === 'CERT_HAS_EXPIRED' ? '已过期' : '尚未生效'}。`,
      },
      {
        en: "Renew the broker's certificate, and check the clocks on both sides.",
        zh: '请更新服务器证书，并检查两端时钟。',
      },
    );
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return make(
      'settings',
      'certificate-other-host',
      {
        en: `The certificate of ${at} was issued for another name.`,
        zh: `${at} 的证书不是为该主机名签发的。`,
      },
      {
        en: 'Use the host name that stands in the certificate, or have one issued for this name.',
        zh: '请使用证书中的主机名，或为该主机名签发证书。',
      },
      'host',
    );
  }
  if (untrusted.has(code)) {
    return make(
      'settings',
      'certificate-untrusted',
      {
        en: `The certificate of ${at} is signed by nobody that is trusted here.`,
        zh: `${at} 的证书签发者不受信任。`,
      },
      {
        en: 'Put the certificate of its authority (or its own, if self-signed) into "Certificate authority".',
        zh: '请在“证书颁发机构”中填入其签发机构的证书（自签名则填其自身证书）。',
      },
      'ca',
    );
  }
  if (/ALERT|HANDSHAKE_FAILURE/.test(code)) {
    const certificate = /CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE/.test(code);
    return make(
      'denied',
      certificate ? 'client-certificate-refused' : 'tls-refused',
      {
        en: certificate
          ? 'The broker wants a client certificate, or does not accept ours.'
          : 'The broker ended the TLS handshake.',
        zh: certificate ? '服务器要求客户端证书，或不接受所提供的证书。' : '服务器中止了 TLS 握手。',
      },
      {
        en: "Give certificate and key that the broker's authority has issued.",
        zh: '请填写由该服务器的颁发机构签发的证书和私钥。',
      },
      certificate ? 'cert' : undefined,
    );
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return make(
      'settings',
      'tls-not-spoken',
      { en: `${at} does not speak TLS.`, zh: `${at} 未使用 TLS。` },
      {
        en: 'Turn TLS off, or use the port for TLS (usually 8883).',
        zh: '请关闭 TLS，或改用 TLS 端口（通常为 8883）。',
      },
      'tls',
    );
  }
  if (
    code.startsWith('ERR_OSSL') ||
    code.startsWith('ERR_CRYPTO') ||
    /PEM|key values mismatch/i.test(error.message)
  ) {
    return make(
      'settings',
      'certificate-unreadable',
      {
        en: 'Certificate or key cannot be read, or do not belong together.',
        zh: '证书或私钥无法读取，或二者不匹配。',
      },
      {
        en: 'Paste both in PEM form, the key without a password.',
        zh: '请以 PEM 格式粘贴二者，私钥不得加密。',
      },
      'key',
    );
  }
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === '') return closed(place, tls, detail);
  return make(
    'unavailable',
    'connection-failed',
    { en: `The connection to ${at} failed.`, zh: `与 ${at} 的连接失败。` },
    { en: 'It is tried again by itself.', zh: '系统会自动重试。' },
  );
}

const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
  'INVALID_CA',
]);

export function noAnswer(place: Place): TerminalError {
  return new TerminalError(
    'unavailable',
    'no-answer',
    {
      en: `${place.host}:${place.port} does not answer.`,
      zh: `${place.host}:${place.port} 没有应答。`,
    },
    {
      en: 'Check address and port, and whether a firewall lets the connection through.',
      zh: '请检查地址、端口，以及防火墙是否放行。',
    },
  );
}

/** The other side closed before or after the session stood, without saying why. */
export function closed(place: Place, tls: boolean, detail?: string): TerminalError {
  return new TerminalError(
    'unavailable',
    'connection-closed',
    {
      en: `${place.host}:${place.port} closed the connection.`,
      zh: `${place.host}:${place.port} 关闭了连接。`,
    },
    tls
      ? {
          en: "See the broker's log for the reason. If another client uses the same client id, change it.",
          zh: '请在服务器日志中查看原因。若有其他客户端使用相同的客户端标识，请更换。',
        }
      : {
          en: 'If the port expects TLS, turn TLS on; if another client uses the same client id, change it. The broker’s log knows the reason.',
          zh: '若该端口要求 TLS，请打开 TLS；若有其他客户端使用相同的客户端标识，请更换。具体原因见服务器日志。',
        },
    detail === undefined ? {} : { detail },
  );
}

export function silent(place: Place, seconds: number): TerminalError {
  return new TerminalError(
    'unavailable',
    'broker-silent',
    {
      en: `${place.host}:${place.port} has not answered for ${seconds} s.`,
      zh: `${place.host}:${place.port} 已 ${seconds} 秒未应答。`,
    },
    { en: 'Check the network between here and the broker.', zh: '请检查到消息服务器的网络。' },
  );
}

export function notMqtt(place: Place, detail: string): TerminalError {
  return new TerminalError(
    'settings',
    'not-mqtt',
    {
      en: `What answers at ${place.host}:${place.port} does not speak MQTT.`,
      zh: `${place.host}:${place.port} 应答的不是 MQTT。`,
    },
    {
      en: 'Check the port: 1883 plain, 8883 with TLS. MQTT over WebSocket is not spoken.',
      zh: '请检查端口：明文 1883，TLS 8883。不支持 WebSocket 方式。',
    },
    { detail, field: 'port' },
  );
}

export function notSpoken(place: Place, version: string): TerminalError {
  return new TerminalError(
    'settings',
    'protocol-version-refused',
    {
      en: `${place.host}:${place.port} does not speak MQTT ${version}.`,
      zh: `${place.host}:${place.port} 不支持 MQTT ${version}。`,
    },
    { en: 'Choose another version, or "automatic".', zh: '请选择其他版本或“自动”。' },
    { field: 'version' },
  );
}

/** Sparkplug needs what every broker is meant to have (Sparkplug 3.0, 10.1.3). */
export function withoutRetained(place: Place): TerminalError {
  return new TerminalError(
    'settings',
    'broker-without-retained',
    {
      en: `${place.host}:${place.port} keeps no retained messages, which Sparkplug needs.`,
      zh: `${place.host}:${place.port} 不支持保留消息，而 Sparkplug 需要它。`,
    },
    {
      en: 'Turn retained messages and QoS 1 on at the broker, or Sparkplug off here.',
      zh: '请在服务器上启用保留消息和 QoS 1，或在此关闭 Sparkplug。',
    },
    { field: 'sparkplug' },
  );
}

/** Why the broker did not let us in: return codes of 3.1.1 come in as the reason codes of 5.0 that mean the same. */
export function refusal(place: Place, reason: number, said: string | undefined): TerminalError {
  const at = `${place.host}:${place.port}`;
  const detail = `reason 0x${reason.toString(16).padStart(2, '0')}${said === undefined ? '' : `: ${said.slice(0, 400)}`}`;
  switch (reason) {
    case 0x86:
    case 0x87:
    case 0x8c:
      return new TerminalError(
        'denied',
        'not-authorised',
        {
          en: `${at} does not accept this user name and password.`,
          zh: `${at} 不接受该用户名和密码。`,
        },
        {
          en: 'Check both, and that the broker lets this user connect with this client id.',
          zh: '请检查用户名和密码，并确认服务器允许该用户以此客户端标识连接。',
        },
        { detail, field: 'username' },
      );
    case 0x8a:
      return new TerminalError(
        'denied',
        'banned',
        { en: `${at} has banned this client.`, zh: `${at} 已封禁此客户端。` },
        { en: 'Have the ban lifted at the broker.', zh: '请在服务器端解除封禁。' },
        { detail },
      );
    case 0x85:
      return new TerminalError(
        'settings',
        'client-id-refused',
        { en: `${at} does not accept this client id.`, zh: `${at} 不接受该客户端标识。` },
        { en: 'Give another client id.', zh: '请更换客户端标识。' },
        { detail, field: 'clientId' },
      );
    case 0x8e:
      return new TerminalError(
        'settings',
        'session-taken-over',
        {
          en: `Another client connected to ${at} with the same client id.`,
          zh: `另一个客户端以相同的客户端标识连接了 ${at}。`,
        },
        { en: 'Give each client an id of its own.', zh: '请为每个客户端使用唯一的标识。' },
        { detail, field: 'clientId' },
      );
    default:
      return new TerminalError(
        'unavailable',
        'broker-unavailable',
        { en: `${at} does not take the connection now.`, zh: `${at} 当前不接受连接。` },
        {
          en: 'It is tried again by itself; the broker’s log knows why.',
          zh: '系统会自动重试；原因见服务器日志。',
        },
        { detail },
      );
  }
}
