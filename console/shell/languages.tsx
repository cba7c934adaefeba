import { PlantZone, useLanguage } from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import { sessionQuery, settingsQuery } from '../api/queries.ts';

/** Language and plant time for everything below. The zone is known once somebody is signed in. */
export function Languages({ children }: { children: ReactNode }) {
  const language = useLanguage();
  const session = useQuery({ ...sessionQuery, enabled: false });
  const settings = useQuery({ ...settingsQuery, enabled: session.data !== undefined });
  return (
    <I18nProvider locale={language === 'zh' ? 'zh-CN' : 'en-GB'}>
      <PlantZone zone={settings.data?.plantTimeZone}>{children}</PlantZone>
    </I18nProvider>
  );
}
