import type { LocalText } from '@millrace/contract';
import { AppError } from '@millrace/sdk';

/** Errors of the inventory, in words for the person who asked. */

export const say = (en: string, zh: string): LocalText => ({ en, zh });

export const notFound = (en: string, zh: string, id: string): AppError =>
  new AppError(
    404,
    'not-found',
    say(`There is no ${en} "${id.slice(0, 100)}".`, `没有${zh}“${id.slice(0, 100)}”。`),
  );

export const notAllowed = (place: string): AppError =>
  new AppError(
    403,
    'not-allowed',
    say(
      `This needs the permission "configure" at "${place === '' ? 'the whole plant' : place.slice(0, 200)}".`,
      `需要在“${place === '' ? '全厂' : place.slice(0, 200)}”的配置权限。`,
    ),
  );

export const tooMany = (count: number, name: string): AppError =>
  new AppError(
    409,
    'too-many',
    say(
      `There are ${count} already, and no more are kept (${name}).`,
      `已有 ${count} 个，达到上限（${name}）。`,
    ),
  );

export interface FieldProblem {
  field: string;
  message: LocalText;
}

/** 422 with every field that is wrong. */
export function wrongFields(problems: readonly FieldProblem[]): AppError {
  return new AppError(
    422,
    'wrong-fields',
    say('Something in this is wrong.', '内容有误。'),
    say('Mend the fields named.', '请更正所列字段。'),
    problems,
  );
}
