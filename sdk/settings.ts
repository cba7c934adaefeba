import type { SettingField, SettingFields, SettingProblem, Settings, SettingValue } from '@millrace/contract';

/**
 * Checks settings against their declaration: unknown names, missing, wrong type, out of range. Fills defaults. Never throws; the
 * messages name the field as the person wrote it and, for a name nearly right, the one probably meant.
 */
export function checkSettings(
  fields: SettingFields,
  given: Settings,
): { settings: Record<string, SettingValue>; problems: SettingProblem[] } {
  const settings: Record<string, SettingValue> = {};
  const problems: SettingProblem[] = [];
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(fields, name)) continue;
    const near = nearest(name, Object.keys(fields));
    problems.push({
      field: name,
      message: {
        en: `There is no setting "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
        zh: `没有名为“${name}”的设置项${near === undefined ? '' : `，是否想写“${near}”？`}`,
      },
    });
  }
  for (const [name, field] of Object.entries(fields)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || value === '') {
      if (field.default !== undefined) settings[name] = field.default;
      else if (field.required === true)
        problems.push({
          field: name,
          message: { en: `"${name}" is needed`, zh: `必须填写“${field.title.zh}”` },
        });
      continue;
    }
    const problem = checkField(name, field, value);
    if (problem === undefined) settings[name] = value;
    else problems.push(problem);
  }
  return { settings, problems };
}

function checkField(name: string, field: SettingField, value: SettingValue): SettingProblem | undefined {
  const wrong = (en: string, zh: string): SettingProblem => ({
    field: name,
    message: { en: `"${name}" ${en}`, zh: `“${field.title.zh}”${zh}` },
  });
  switch (field.kind) {
    case 'text':
      if (typeof value !== 'string') return wrong('must be text', '必须是文本');
      if (field.pattern !== undefined && !new RegExp(field.pattern, 'u').test(value)) {
        return wrong(`has the wrong form: ${value.slice(0, 80)}`, `格式不正确：${value.slice(0, 80)}`);
      }
      return undefined;
    case 'secret':
    case 'pem':
      return typeof value === 'string' ? undefined : wrong('must be text', '必须是文本');
    case 'toggle':
      return typeof value === 'boolean' ? undefined : wrong('must be true or false', '必须是 true 或 false');
    case 'choice':
      return field.options.some((option) => option.value === value)
        ? undefined
        : wrong(
            `must be one of ${field.options.map((option) => option.value).join(', ')}`,
            `必须是以下之一：${field.options.map((option) => option.value).join('、')}`,
          );
    case 'number': {
      if (typeof value !== 'number' || !Number.isFinite(value))
        return wrong('must be a number', '必须是数字');
      if (field.integer === true && !Number.isInteger(value))
        return wrong('must be a whole number', '必须是整数');
      if (field.min !== undefined && value < field.min)
        return wrong(`must be at least ${field.min}`, `不能小于 ${field.min}`);
      if (field.max !== undefined && value > field.max)
        return wrong(`must be at most ${field.max}`, `不能大于 ${field.max}`);
      return undefined;
    }
  }
}

/** The name at an edit distance of at most 2 (or a third of its length), if there is one. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of names) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      current[j] = Math.min(
        previous[j]! + 1,
        current[j - 1]! + 1,
        previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    }
    previous = current;
  }
  return previous[b.length]!;
}
