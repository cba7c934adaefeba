import { CodeBlock, Facts, Tabs } from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { connectionsQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import { curlLine, mosquittoLine, pythonProgram, type Sending, topicOf, urlOf } from './snippets.ts';
import styles from './terminals.module.css';

const loopback = (host: string): boolean => /^(localhost|127\.|\[?::1\]?$)/.test(host);

/** Where devices send to, as it is reached from here: what the listener was given, under the name of this page. */
export function useListeners(): { mqtt: Sending['mqtt']; http: string; onlyHere: boolean } {
  const connections = useQuery(connectionsQuery);
  const listener = connections.data?.find((one) => one.protocol === 'mqtt');
  const host = window.location.hostname;
  const bound = String(listener?.settings['host'] ?? '');
  const plain = listener?.settings['plain'] !== false;
  const port = Number(listener?.settings[plain ? 'port' : 'tlsPort']);
  return {
    mqtt: listener === undefined ? undefined : { host, port, tls: !plain },
    http: window.location.origin,
    onlyHere: listener !== undefined && loopback(bound),
  };
}

/** Ready-to-paste ways to send a first value. */
export function SendingWays({
  sending,
  first = 'mqtt',
}: {
  sending: Sending;
  first?: 'mqtt' | 'http' | 'python';
}) {
  const words = useConsoleWords();
  const [tab, setTab] = useState<'mqtt' | 'http' | 'python'>(sending.mqtt === undefined ? 'http' : first);
  const mqtt = [
    {
      id: 'mqtt' as const,
      title: 'mosquitto_pub',
      content: () => (
        <div className={styles.stack}>
          <CodeBlock label="mosquitto_pub" text={mosquittoLine(sending)} />
        </div>
      ),
    },
  ];
  return (
    <Tabs
      label={words('terminal.sending.ways')}
      selected={tab}
      onSelect={setTab}
      items={[
        ...(sending.mqtt === undefined ? [] : mqtt),
        {
          id: 'http' as const,
          title: 'curl',
          content: () => <CodeBlock label="curl" text={curlLine(sending)} />,
        },
        ...(sending.mqtt === undefined
          ? []
          : [
              {
                id: 'python' as const,
                title: 'Python (paho)',
                content: () => <CodeBlock label="Python" text={pythonProgram(sending)} />,
              },
            ]),
      ]}
    />
  );
}

/** Address, topic and form of what is sent, for whoever sets the device up by its own pages. */
export function SendingFacts({ sending }: { sending: Pick<Sending, 'id' | 'mqtt' | 'http' | 'sample'> }) {
  const words = useConsoleWords();
  return (
    <Facts
      facts={[
        ...(sending.mqtt === undefined
          ? []
          : [
              {
                name: words('terminal.sending.broker'),
                value: (
                  <code className={styles.code}>
                    {`${sending.mqtt.tls ? 'mqtts' : 'mqtt'}://${sending.mqtt.host}:${sending.mqtt.port}`}
                  </code>
                ),
              },
              {
                name: words('terminal.sending.topic'),
                value: <code className={styles.code}>{topicOf(sending.id)}</code>,
              },
            ]),
        {
          name: words('terminal.sending.url'),
          value: <code className={styles.code}>{`POST ${urlOf(sending.http, sending.id)}`}</code>,
        },
        {
          name: words('terminal.sending.payload'),
          value: <code className={styles.code}>{JSON.stringify(sending.sample)}</code>,
        },
      ]}
    />
  );
}
