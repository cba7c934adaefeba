import { useApp } from '@millrace/ui';

/** The range above the page, a day at least, in whole minutes so that an answer is asked for once a minute. */
export function useEnergyRange(): { from: number; to: number; widened: boolean } {
  const { from, to } = useApp().useRange();
  const end = Math.ceil(to / 60_000) * 60_000;
  const widened = to - from < 86_400_000;
  const begin = widened ? end - 86_400_000 : Math.floor(from / 60_000) * 60_000;
  return { from: begin, to: end, widened };
}

/** The same, as the API takes it. */
export const asQuery = ({ from, to }: { from: number; to: number }): { from: string; to: string } => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});
