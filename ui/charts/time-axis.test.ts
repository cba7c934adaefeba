import { expect, it } from 'vitest';
import { axisLabels } from './time-axis.ts';

const at = (text: string) => Date.parse(text);

it('shows hours and the day where it changes, in plant time', () => {
  expect(
    axisLabels(
      [at('2026-05-01T14:00:00Z'), at('2026-05-01T15:00:00Z'), at('2026-05-01T16:00:00Z')],
      3_600_000,
      'Asia/Shanghai',
      'en',
    ),
  ).toEqual(['22:00\n1 May', '23:00', '00:00\n2 May']);
});

it('is as fine as its step', () => {
  expect(axisLabels([at('2026-05-01T14:00:00.25Z')], 50, 'UTC', 'en')).toEqual(['00:00.250\n1 May']);
  expect(axisLabels([at('2026-05-01T14:00:05Z')], 5000, 'UTC', 'en')).toEqual(['14:00:05\n1 May']);
  expect(axisLabels([at('2026-05-01'), at('2026-06-01')], 30 * 86_400_000, 'UTC', 'zh')).toEqual([
    '2026年5月',
    '2026年6月',
  ]);
});
