import {
  Button,
  chooseLanguage,
  chooseTheme,
  Dialog,
  type Language,
  languages,
  loadChineseFont,
  MenuButton,
  notify,
  StateBadge,
  TimeRangePicker,
  themeChoices,
  useLanguage,
  useNow,
  usePlantTime,
  useTheme,
} from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouterState, useSearch } from '@tanstack/react-router';
import { CircleUser, Languages as LanguagesIcon, LogOut, Menu, Monitor, Moon, Sun } from 'lucide-react';
import { useEffect, useState } from 'react';
import { api, take } from '../api/client.ts';
import { problemWords } from '../api/problem.ts';
import { sessionQuery, settingsQuery } from '../api/queries.ts';
import { useStreamState } from '../live/live.ts';
import { useConsoleWords } from '../words/index.ts';
import { AttentionBar } from './attention.tsx';
import { HeldLeases } from './held-leases.tsx';
import { Navigation } from './navigation.tsx';
import { forgetEverything } from './session.ts';
import styles from './shell.module.css';
import { useFreeze, useTimeState } from './time-state.ts';

/** What stands around every page: the plant at the left, what needs somebody at the top, the time range that follows. */
export function Shell() {
  const words = useConsoleWords();
  const time = useTimeState();
  const settings = useQuery(settingsQuery);
  const [drawer, setDrawer] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const search = useSearch({ strict: false }) as { wall?: string };
  useFreeze(time.frozen);

  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes the drawer
  useEffect(() => setDrawer(false), [path]);
  const plantName = settings.data?.plantName ?? '';
  useEffect(() => {
    document.title = plantName === '' ? 'Millrace' : `${plantName} – Millrace`;
  }, [plantName]);

  if (search.wall !== undefined) {
    return (
      <main className={styles.wall} id="content">
        <Outlet />
      </main>
    );
  }

  return (
    <div className={styles.shell}>
      <a href="#content" className={styles.skip}>
        {words('shell.skip')}
      </a>
      <header className={styles.header}>
        <span className={styles.menuButton}>
          <Button
            kind="quiet"
            icon={<Menu size={20} />}
            label={words('shell.menu')}
            onPress={() => setDrawer(true)}
          />
        </span>
        <Link to="/" className={styles.brand}>
          {plantName === '' ? null : <span className={styles.mark}>Millrace</span>}
          <span className={styles.plantName}>{plantName === '' ? 'Millrace' : plantName}</span>
        </Link>
        <div className={styles.attention}>
          <AttentionBar />
        </div>
        <HeldLeases />
        <div className={styles.time}>
          <TimeRangePicker
            range={time.range}
            onChange={time.setRange}
            frozen={time.frozen}
            onFreeze={time.freeze}
          />
        </div>
        <Clock frozen={time.frozen} />
        <div className={styles.person}>
          <PersonMenu />
        </div>
      </header>
      <div className={styles.timeBar}>
        <TimeRangePicker
          range={time.range}
          onChange={time.setRange}
          frozen={time.frozen}
          onFreeze={time.freeze}
        />
      </div>
      <StreamNotice />
      <nav className={styles.side} aria-label={words('shell.navigation')}>
        <Navigation />
      </nav>
      <Dialog
        open={drawer}
        onClose={() => setDrawer(false)}
        title={plantName === '' ? 'Millrace' : plantName}
        drawer
      >
        <nav aria-label={words('shell.navigation')} className={styles.drawer}>
          <Navigation />
        </nav>
      </Dialog>
      <main className={styles.main} id="content" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

/** Plant time, with its zone. */
function Clock({ frozen }: { frozen: number | undefined }) {
  const plant = usePlantTime();
  const words = useConsoleWords();
  const now = useNow();
  const instant = frozen ?? now;
  return (
    <div
      className={`${styles.clock} ${frozen === undefined ? '' : styles.frozen}`}
      title={plant.exact(instant)}
    >
      <span className={styles.clockTime}>{plant.clock(instant)}</span>
      <span className={styles.clockZone}>
        {frozen === undefined
          ? plant.zoneName(instant)
          : `${words('shell.frozen')} ${plant.zoneName(instant)}`}
      </span>
    </div>
  );
}

/** Says so when live values do not come. Quiet for the first moments, as a stream may just be changing. */
function StreamNotice() {
  const words = useConsoleWords();
  const state = useStreamState();
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (state !== 'lost') return;
    const timer = setTimeout(() => setLate(true), 1500);
    return () => clearTimeout(timer);
  }, [state]);
  if (!late) return null;
  return (
    <div className={styles.notice} role="status">
      <StateBadge kind="stale" word={words('shell.streamLost')} />
      <span>{words('shell.streamLostHelp')}</span>
    </div>
  );
}

function PersonMenu() {
  const words = useConsoleWords();
  const language = useLanguage();
  const { choice } = useTheme();
  const navigate = useNavigate();
  const session = useQuery(sessionQuery);
  const icons = { system: <Monitor size={16} />, light: <Sun size={16} />, dark: <Moon size={16} /> };
  return (
    <MenuButton
      label={words('shell.person', { name: session.data?.user ?? '' })}
      icon={<CircleUser size={20} />}
      groups={[
        {
          title: words('shell.language'),
          items: Object.entries(languages).map(([tag, name]) => ({
            id: tag,
            text: name,
            icon: <LanguagesIcon size={16} />,
            chosen: tag === language,
            onChoose: () => {
              if (tag === 'zh') void loadChineseFont();
              chooseLanguage(tag as Language);
            },
          })),
        },
        {
          title: words('shell.theme'),
          items: themeChoices.map((theme) => ({
            id: theme,
            text: words(`shell.themes.${theme}`),
            icon: icons[theme],
            chosen: theme === choice,
            onChoose: () => chooseTheme(theme),
          })),
        },
        {
          title: session.data?.user ?? '',
          items: [
            {
              id: 'account',
              text: words('access.nav.account'),
              onChoose: () => void navigate({ to: '/account' }),
            },
            {
              id: 'sign-out',
              text: words('shell.signOut'),
              icon: <LogOut size={16} />,
              onChoose: () => {
                take(api.DELETE('/api/session')).then(
                  () => {
                    forgetEverything();
                    void navigate({ to: '/sign-in' });
                  },
                  (error: unknown) => {
                    const problem = problemWords(error);
                    notify({
                      kind: 'error',
                      title: problem.title,
                      ...(problem.why === undefined ? {} : { detail: problem.why }),
                    });
                  },
                );
              },
            },
          ],
        },
      ]}
    />
  );
}
