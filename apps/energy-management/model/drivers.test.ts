import { describe, expect, it } from 'vitest';
import { type Driver, type DriverSpan, driverOfDay, readDrivers } from './drivers.ts';

const driver = (how: Driver['how'], base = 0): Driver => ({
  name: 'x',
  thing: 'urn:a',
  property: 'p',
  how,
  base,
});
const span = (...values: number[]): DriverSpan => ({
  count: values.length,
  total: values.reduce((sum, value) => sum + value, 0),
  least: Math.min(...values),
  most: Math.max(...values),
  first: values[0] ?? Number.NaN,
  last: values.at(-1) ?? Number.NaN,
});

describe('drivers of energy use', () => {
  it('are read from the setting, with what is wrong told', () => {
    const { drivers, problems } = readDrivers(
      'heating degree days = urn:p:outside temperature below 15; humidity = urn:p:outside humidity;' +
        'runs = urn:p:washer batches growth; pieces = urn:p:a b; wrong; cold = urn:p:outside temperature below; hot = urn:p:o t mean 3',
    );
    expect(drivers).toEqual([
      {
        name: 'heating degree days',
        thing: 'urn:p:outside',
        property: 'temperature',
        how: 'below',
        base: 15,
      },
      { name: 'humidity', thing: 'urn:p:outside', property: 'humidity', how: 'mean', base: 0 },
      { name: 'runs', thing: 'urn:p:washer', property: 'batches', how: 'growth', base: 0 },
    ]);
    expect(problems).toHaveLength(4);
    expect(problems[0]?.en).toBe('There is a driver "pieces" already');
  });

  it('are figures of a day: degree days by its mean, each span weighing the same', () => {
    const day = [span(4, 4, 4, 4, 4, 4), span(12)];
    expect(driverOfDay(driver('mean'), day, 2)).toBe(8);
    expect(driverOfDay(driver('below', 15), day, 2)).toBe(7);
    expect(driverOfDay(driver('above', 22), day, 2)).toBe(0);
    expect(driverOfDay(driver('above', 5), day, 2)).toBe(3);
    expect(driverOfDay(driver('min'), day, 2)).toBe(4);
    expect(driverOfDay(driver('max'), day, 2)).toBe(12);
  });

  it('count on over a counter that begins anew', () => {
    expect(driverOfDay(driver('growth'), [span(10, 14), span(2, 5)], 2)).toBe(4 + 2 + 3);
  });

  it('are not known where half of the day is missing', () => {
    expect(driverOfDay(driver('mean'), [span(1), span()], 5)).toBeNaN();
    expect(driverOfDay(driver('mean'), [], 48)).toBeNaN();
  });
});
