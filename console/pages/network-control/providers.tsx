import type { ConfiguredProvider, NetworkProviderKind } from '@millrace/contract';
import {
  Button,
  type Column,
  EmptyState,
  formatCount,
  Mark,
  notify,
  Section,
  Since,
  StateBadge,
  Table,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Check, Plus, RotateCw, ServerCog, X } from 'lucide-react';
import { useMemo } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useForbidden } from '../access/permission.ts';
import { NetworkFrame } from '../network/frame.tsx';
import styles from './control.module.css';
import { Dash, Loaded, Named } from './parts.tsx';
import { providerKindsQuery, providersQuery, restartProvider } from './queries.ts';

/** Who can change something in a network, how each is, and what each can and cannot do. */
export function ProvidersPage() {
  const words = useConsoleWords();
  const language = useLanguage();
  const local = useLocalText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const forbidden = useForbidden()('configure', '');
  const kinds = useQuery(providerKindsQuery);
  const providers = useQuery(providersQuery);
  const restart = useMutation({
    mutationFn: restartProvider,
    onError: (error) => notify({ kind: 'error', title: problemWords(error, words).title }),
    onSettled: () => void client.invalidateQueries({ queryKey: ['network'] }),
  });
  const kindTitle = useMemo(
    () => new Map((kinds.data ?? []).map(({ id, title }) => [id, title])),
    [kinds.data],
  );
  const columns = useMemo<Column<ConfiguredProvider>[]>(
    () => [
      {
        id: 'title',
        title: words('networkControl.provider.one'),
        width: 'minmax(11rem, 1.2fr)',
        phone: 'title',
        value: ({ title }) => title,
        render: ({ id, title, kind }) => {
          const of = kindTitle.get(kind);
          return (
            <Named
              name={
                <Link to="/network/providers/$provider" params={{ provider: id }}>
                  {title}
                </Link>
              }
              below={of === undefined ? kind : local(of)}
            />
          );
        },
      },
      {
        id: 'state',
        title: words('networkControl.state'),
        width: 'minmax(8rem, 0.8fr)',
        value: ({ enabled, state }) => (enabled ? state : 'off'),
        render: ({ enabled, state, since, retryAt }) => (
          <span className={styles.lines}>
            {enabled ? (
              <StateBadge kind={state} />
            ) : (
              <StateBadge kind="stopped" word={words('networkControl.off')} />
            )}
            <Since time={since} className={styles.faint} />
            {retryAt === undefined ? null : (
              <span className={styles.faint}>
                {words('networkControl.provider.again')} <Since time={retryAt} />
              </span>
            )}
          </span>
        ),
      },
      {
        id: 'problem',
        title: words('list.because'),
        width: 'minmax(14rem, 2fr)',
        value: ({ problem }) => (problem === undefined ? undefined : local(problem.what)),
        render: ({ problem }) =>
          problem === undefined ? (
            <Dash />
          ) : (
            <span className={styles.lines}>
              <span>{local(problem.what)}</span>
              <span className={styles.faint}>
                {words('list.todo')}: {local(problem.remedy)}
              </span>
            </span>
          ),
      },
      {
        id: 'asked',
        title: words('networkControl.provider.asked'),
        width: 'minmax(9rem, 0.9fr)',
        value: ({ asked }) => asked.bindings + asked.slices + asked.groups,
        render: ({ asked }) => (
          <span className={styles.number}>
            {words('networkControl.provider.askedOf', {
              slices: formatCount(asked.slices, language),
              bindings: formatCount(asked.bindings, language),
              groups: formatCount(asked.groups, language),
            })}
          </span>
        ),
      },
      {
        id: 'do',
        title: '',
        width: '10rem',
        phone: 'plain',
        render: ({ id, title, enabled }) => (
          <Button
            kind="act"
            icon={<RotateCw size={16} />}
            label={`${words('networkControl.provider.restart')}: ${title}`}
            disabledReason={forbidden ?? (enabled ? undefined : words('networkControl.provider.isOff'))}
            onPress={() => restart.mutate(id)}
          >
            {words('networkControl.provider.restart')}
          </Button>
        ),
      },
    ],
    [words, local, language, kindTitle, forbidden, restart.mutate],
  );
  return (
    <NetworkFrame title={words('networkControl.provider.title')} note={words('networkControl.provider.note')}>
      <Loaded query={providers}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState icon={<ServerCog size={44} />} title={words('networkControl.provider.none')}>
              <p>{words('networkControl.provider.noneHelp')}</p>
            </EmptyState>
          ) : (
            <Table
              label={words('networkControl.provider.title')}
              columns={columns}
              rows={rows}
              rowKey={({ id }) => id}
              rowHeight={72}
            />
          )
        }
      </Loaded>
      <Section
        title={words('networkControl.provider.kinds')}
        note={words('networkControl.provider.kindsNote')}
      >
        <Loaded query={kinds}>
          {(all) => (
            <div className={styles.kinds}>
              {all.map((kind) => (
                <article key={kind.id} className={styles.kind} aria-labelledby={`kind-${kind.id}`}>
                  <KindText kind={kind} />
                  <div className={styles.kindFoot}>
                    <Button
                      icon={<Plus size={16} />}
                      label={`${words('networkControl.provider.add')}: ${local(kind.title)}`}
                      disabledReason={forbidden}
                      onPress={() =>
                        void navigate({
                          to: '/network/providers/$provider',
                          params: { provider: 'new' },
                          search: { kind: kind.id } as never,
                        })
                      }
                    >
                      {words('networkControl.provider.add')}
                    </Button>
                  </div>
                </article>
              ))}
            </div>
          )}
        </Loaded>
      </Section>
    </NetworkFrame>
  );
}

/** What a kind can do, what it cannot, and where a quality is enforced: in the words of its manifest. */
export function KindText({ kind, titled = true }: { kind: NetworkProviderKind; titled?: boolean }) {
  const words = useConsoleWords();
  const local = useLocalText();
  return (
    <>
      {titled ? <h3 id={`kind-${kind.id}`}>{local(kind.title)}</h3> : null}
      <p>{local(kind.summary)}</p>
      <p>
        <b>{words('networkControl.provider.enforcedBy')}</b> {local(kind.enforcedBy)}
      </p>
      <ul className={styles.abilities} aria-label={words('networkControl.provider.can')}>
        {Object.entries(kind.can).map(([ability, text]) => (
          <li key={ability}>
            <Check size={16} aria-hidden="true" />
            <span>
              <b>{words(`networkControl.abilities.${ability as 'qos'}`)}</b> {local(text)}
            </span>
          </li>
        ))}
      </ul>
      {kind.cannot.length === 0 ? null : (
        <ul className={styles.abilities} aria-label={words('networkControl.provider.cannot')}>
          {kind.cannot.map((text) => (
            <li key={text.en}>
              <X size={16} aria-hidden="true" />
              <span>
                <b>{words('networkControl.provider.cannotWord')}</b> {local(text)}
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className={styles.faint}>
        {words('networkControl.provider.speaks')}: {kind.speaks.join(', ')}
      </p>
    </>
  );
}

/** The state of a provider in a line. */
export function ProviderState({ provider }: { provider: ConfiguredProvider }) {
  const words = useConsoleWords();
  return provider.enabled ? (
    <StateBadge kind={provider.state} />
  ) : (
    <span className={styles.row}>
      <Mark kind="stopped" /> {words('networkControl.off')}
    </span>
  );
}
