import '@millrace/ui/theme/tokens.css';
import '@millrace/ui/theme/base.css';
import { languageAtStart, loadChineseFont, Notices, startTheme, startWords, uiWords } from '@millrace/ui';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { onSignedOut } from './api/client.ts';
import { sessionQuery } from './api/queries.ts';
import { liveStream, onStreamLost } from './live/live.ts';
import { router } from './routes.tsx';
import { Languages } from './shell/languages.tsx';
import { forgetEverything, queryClient } from './shell/session.ts';
import { consoleWords } from './words/index.ts';

const language = languageAtStart();
startTheme();
startWords({ ui: uiWords, console: consoleWords }, language);
if (language === 'zh') void loadChineseFont();
// Titles in a plant may be Chinese in either language; in the other one they can wait until the page stands.
else window.addEventListener('load', () => setTimeout(() => void loadChineseFont(), 500));

onSignedOut(() => {
  if (router.state.location.pathname === '/sign-in') return;
  forgetEverything();
  void router.navigate({ to: '/sign-in', search: { back: router.state.location.href } });
});
// The stream cannot say why it broke; asking for the session does, and leads to the sign-in when that has ended.
onStreamLost(() => void queryClient.refetchQueries({ queryKey: sessionQuery.queryKey }));
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') liveStream.retryNow();
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Languages>
        <RouterProvider router={router} />
        <Notices />
      </Languages>
    </QueryClientProvider>
  </StrictMode>,
);
