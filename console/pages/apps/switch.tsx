import { grantsGiving } from '@millrace/contract';
import { Button, Confirm, notify, useLocalText } from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { type App, sessionQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';

/** Switches an application on, or off after asking. Not shown to who may not. */
export function AppSwitch({ app }: { app: App }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const queryClient = useQueryClient();
  const session = useQuery(sessionQuery);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  if (grantsGiving(session.data?.grants ?? [], 'configure', app.id).every((grant) => grant.place !== ''))
    return null;
  const name = local(app.title);
  const turn = (enabled: boolean): void => {
    setBusy(true);
    take(api.PUT('/api/apps/{app}', { params: { path: { app: app.id } }, body: { enabled } }))
      .then(
        async () => {
          setAsking(false);
          notify({ kind: 'info', title: words(enabled ? 'apps.switchedOn' : 'apps.switchedOff', { name }) });
          await queryClient.invalidateQueries({ queryKey: ['apps'] });
        },
        (error: unknown) => notify({ kind: 'error', title: problemWords(error, words).title }),
      )
      .finally(() => setBusy(false));
  };
  return (
    <>
      <Button kind="act" pending={busy} onPress={() => (app.enabled ? setAsking(true) : turn(true))}>
        {words(app.enabled ? 'apps.switchOff' : 'apps.switchOn')}
      </Button>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => turn(false)}
        title={words('apps.switchOffAsk', { name })}
        confirm={words('apps.switchOff')}
        busy={busy}
      >
        <p>{words('apps.switchOffWhat')}</p>
      </Confirm>
    </>
  );
}
