import type { AppDemo } from '@millrace/sdk';
import type { LoadDefinition } from '../model/index.ts';

/** Things of the demo plant that a plan may move; each is commanded by a property of its own. */
const loads: LoadDefinition[] = [
  {
    kind: 'block',
    id: 'parts-washer',
    title: 'Parts washer',
    kilowatts: 18,
    minutes: 120,
    usual: '10:00',
    earliest: '06:00',
    latest: '22:00',
    blocked: ['11:30-12:00'],
    command: { thing: 'urn:millrace:demo:washer', property: 'startAt', unit: 'minutes' },
  },
  {
    kind: 'flexible',
    id: 'forklifts',
    title: 'Forklift charging',
    kilowattHours: 48,
    kilowattsMax: 16,
    usual: '18:00',
    earliest: '00:00',
    latest: '23:45',
    command: { thing: 'urn:millrace:demo:charger', property: 'setPower', unit: 'kW' },
  },
  {
    kind: 'storage',
    id: 'battery',
    title: 'Battery',
    kilowattHours: 100,
    chargeKilowattsMax: 50,
    dischargeKilowattsMax: 50,
    efficiency: 0.88,
    chargeMinShare: 0.1,
    wear: 0.05,
    charge: { thing: 'urn:millrace:demo:battery', property: 'charge' },
    command: { thing: 'urn:millrace:demo:battery', property: 'setPower', unit: 'kW' },
  },
];

/**
 * A month of quarter-hours come from the plant's own past, which it generated: the page says so. From them the forecast of today and
 * tomorrow, the plan, a baseline, and what stands out.
 */
export const machiningShop: AppDemo = {
  puts: [
    {
      path: '',
      body: {
        settings: {
          calendar: '{day+9} Maintenance/设备检修',
          drivers:
            'heating degree days = urn:millrace:demo:outside temperature below 15; cooling degree days = urn:millrace:demo:outside temperature above 22',
        },
      },
    },
    { path: '/loads', body: loads },
    {
      path: '/baselines/demo',
      body: {
        title: 'Machining',
        place: '',
        from: '{day-30}',
        to: '{day-9}',
        drivers: ['pieces', 'working day', 'heating degree days'],
      },
    },
  ],
  jobs: [
    { job: 'backfill', input: { days: 32, generated: true } },
    { job: 'forecast', input: { day: '{day}' } },
    { job: 'forecast', input: { day: '{day+1}' } },
    { job: 'search' },
  ],
};
