/** An application as the API shows it, for developing its pages and for the browser tests. */
const words = (en: string, zh: string) => ({ en, zh });

export const devApp = {
  id: 'line-watch',
  title: words('Line watch', '产线看护'),
  summary: words(
    'Watches a line of machines and says when one of them holds up the others.',
    '观察产线上的设备，并指出哪一台拖慢了其他设备。',
  ),
  scenario: 13,
  enabled: true,
  state: 'running',
  needs: { types: ['MachineTool', 'Robot'], found: { MachineTool: 4, Robot: 0 } },
  roles: ['operator'],
  fields: {
    patience: {
      kind: 'number',
      title: words('Patience', '等待时间'),
      help: words(
        'How long a machine may stand before it is said to hold up others.',
        '设备停顿多久后视为拖慢产线。',
      ),
      unit: 's',
      min: 1,
      default: 60,
    },
    tell: { kind: 'toggle', title: words('Tell the shift', '通知班组'), default: true },
  },
  settings: { patience: 60, tell: true },
  pages: [],
  everySeconds: 5,
  lastRound: '2026-01-05T08:00:00Z',
  lastRoundMilliseconds: 12,
  rounds: 1234,
  failures: 2,
  jobs: {
    learn: {
      title: words('Learn the usual pace', '学习正常节拍'),
      summary: words('Goes through the last four weeks.', '分析最近四周的数据。'),
    },
  },
};

export const devRounds = [
  {
    id: 2,
    time: '2026-01-05T08:00:00Z',
    milliseconds: 12,
    summary: words('Machine 3 holds up machine 4 since 07:52', '设备 3 自 07:52 起拖慢设备 4'),
    assessment: { standing: ['machine-3'], waiting: ['machine-4'] },
    decision: { tell: ['early shift'] },
  },
  {
    id: 1,
    time: '2026-01-05T07:40:00Z',
    milliseconds: 9,
    summary: words(
      'machine-1 gave no state: the connection is interrupted',
      'machine-1 gave no state: the connection is interrupted',
    ),
    assessment: null,
    decision: null,
    error: 'machine-1 gave no state: the connection is interrupted',
  },
];

export const devJobs = [
  {
    id: 'b',
    job: 'learn',
    state: 'running',
    started: '2026-01-05T07:59:00Z',
    by: 'admin',
    progress: 0.4,
    step: '2025-12-20',
  },
  {
    id: 'a',
    job: 'learn',
    state: 'failed',
    started: '2026-01-04T07:59:00Z',
    ended: '2026-01-04T08:00:00Z',
    by: 'line-watch',
    progress: 0.1,
    step: '2025-12-08',
    error: 'The sample store did not answer in time.',
  },
];
