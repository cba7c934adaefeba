import { type Static, Type } from 'typebox';

const Words = Type.Object({ en: Type.String(), zh: Type.String() });

/**
 * An error as the HTTP API gives it: RFC 9457 problem details, with what a person can do about it and, where one field is to
 * blame, which.
 */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'Stable kebab-case name of the kind of problem.' }),
    title: Type.String({ description: 'What happened, in one sentence.' }),
    status: Type.Integer(),
    detail: Type.Optional(Type.String({ description: "Why, in the sender's own terms." })),
    remedy: Type.Optional(Type.String({ description: 'What to do next.' })),
    field: Type.Optional(Type.String({ description: 'JSON Pointer or name of the part that is wrong.' })),
    rejected: Type.Optional(
      Type.Array(
        Type.Object({
          at: Type.String(),
          reason: Type.String(),
          words: Type.Optional(Words),
        }),
        {
          description:
            'Push: what was not taken, and why; the rest was stored. Settings: each one that is wrong.',
        },
      ),
    ),
    words: Type.Optional(
      Type.Object(
        { title: Words, remedy: Type.Optional(Words) },
        { description: '`title` and `remedy` in each language, where what raised the problem speaks both.' },
      ),
    ),
    factors: Type.Optional(
      Type.Array(Type.String(), { description: 'Sign-in: second factors of which one is needed.' }),
    ),
    stored: Type.Optional(Type.Integer({ description: 'Push: values stored in spite of the rest.' })),
  },
  { title: 'Problem' },
);
export type Problem = Static<typeof Problem>;

/** Why a value was not stored. One word each, the same in counters, quarantine and errors. */
export const rejectReasons = [
  'unknown-thing',
  'unknown-property',
  'wrong-type',
  'not-a-number',
  'out-of-range',
  'time-ahead',
  'time-too-old',
  'time-invalid',
  'malformed',
  'too-large',
  'too-deep',
  'denied',
  'unsupported',
] as const;
export type RejectReason = (typeof rejectReasons)[number];
