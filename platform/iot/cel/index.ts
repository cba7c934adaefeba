export { compileCondition, usages } from './compile.ts';
export { type JudgedValue, type Judgement, judge, whyUnjudged } from './judge.ts';
export {
  type CompileResult,
  type Condition,
  type ConditionProblem,
  type ConditionScope,
  conditionLimits,
  type Frame,
  type Reference,
  type Signals,
  type ThingShape,
  type UnjudgedReason,
  type Verdict,
  type WindowNeed,
  type WindowValues,
} from './types.ts';
export { PreviousWindow, parseDuration, SpanWindow, windowSteps } from './windows.ts';
export { unjudgedWords } from './words.ts';
