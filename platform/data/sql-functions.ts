/**
 * Functions that a question in SQL may use, lower case. A list of what is let in: the engine has others that read the host's files
 * (`file`), its tables behind the back of what may be seen (`joinGet`, `dictGet`, `hasColumnInTable`), its settings and environment, that call
 * other machines, or that take quadratic time on one row (edit distances), which no limit of time cuts off.
 */
const plain = `
  abs avg2 max2 min2 divide divideOrNull gcd ifNotFinite intDiv intDivOrNull intDivOrZero isFinite isInfinite isNaN lcm midpoint minus modulo mod
  moduloOrNull moduloOrZero multiply negate plus positiveModulo pmod sqr
  acos acosh asin asinh atan atan2 atanh cbrt cos cosh degrees e erf erfc exp exp10 exp2 hypot intExp10 intExp2 ln log log10 log1p log2 pi pow
  power radians sigmoid sign sin sinh sqrt tan tanh widthBucket
  ceil ceiling floor round roundBankers roundDown roundToExp2 trunc truncate
  and or not xor if multiIf caseWithExpression caseWithoutExpression caseWithExpr caseWithoutExpr greatest least clamp transform
  assumeNotNull coalesce firstNonDefault ifNull isNotNull isNull isNullable isZeroOrNull nullIf toNullable
  equals notEquals less lessOrEquals greater greaterOrEquals in notIn globalIn globalNotIn isDistinctFrom isNotDistinctFrom between
  bitAnd bitCount bitNot bitOr bitRotateLeft bitRotateRight bitShiftLeft bitShiftRight bitTest bitTestAll bitTestAny bitXor
  array arrayAll arrayAvg arrayCompact arrayConcat arrayCount arrayCumSum arrayCumSumNonNegative arrayDifference arrayDistinct arrayDotProduct
  arrayElement arrayElementOrNull arrayEnumerate arrayEnumerateDense arrayEnumerateUniq arrayExists arrayFill arrayFilter arrayFirst
  arrayFirstIndex arrayFirstOrNull arrayFlatten arrayIntersect arrayJoin arrayLast arrayLastIndex arrayLastOrNull arrayMap arrayMax arrayMin
  arrayPopBack arrayPopFront arrayProduct arrayPushBack arrayPushFront arrayReduce arrayReverse arrayReverseSort arrayRotateLeft arrayRotateRight
  arrayShiftLeft arrayShiftRight arraySlice arraySort arraySplit arrayStringConcat arraySum arrayUniq arrayUnion arrayZip countEqual empty has
  hasAll hasAny indexOf length notEmpty range reverse
  tuple tupleElement tupleMinus tuplePlus tupleMultiply tupleDivide map mapContains mapContainsKey mapKeys mapValues mapFilter mapApply mapFromArrays lambda
  addDate addDays addHours addInterval addMicroseconds addMilliseconds addMinutes addMonths addQuarters addSeconds addWeeks addYears age dateDiff
  date_diff datediff dateName dateTrunc date_trunc formatDateTime formatDateTimeInJodaSyntax fromUnixTimestamp fromUnixTimestamp64Micro
  fromUnixTimestamp64Milli makeDate makeDateTime makeDateTime64 monthName now now64 parseDateTime parseDateTimeOrNull parseDateTimeBestEffort
  parseDateTimeBestEffortOrNull parseDateTime64BestEffort parseDateTime64BestEffortOrNull subDate subtractDays subtractHours subtractInterval
  subtractMicroseconds subtractMilliseconds subtractMinutes subtractMonths subtractQuarters subtractSeconds subtractWeeks subtractYears timeSlot
  timestampDiff timestamp_diff timezoneOffset toDayOfMonth toDayOfWeek toDayOfYear toDaysInMonth toHour toISOWeek toISOYear toLastDayOfMonth toMicrosecond
  toMillisecond toMinute toMonday toMonth toQuarter toRelativeDayNum toRelativeHourNum toRelativeMinuteNum toRelativeMonthNum toRelativeSecondNum
  toRelativeWeekNum toRelativeYearNum toSecond toStartOfDay toStartOfFifteenMinutes toStartOfFiveMinutes toStartOfHour toStartOfInterval
  toStartOfMillisecond toStartOfMinute toStartOfMonth toStartOfQuarter toStartOfSecond toStartOfTenMinutes toStartOfWeek toStartOfYear toTimezone
  toUnixTimestamp toUnixTimestamp64Micro toUnixTimestamp64Milli toWeek toYear toYearWeek toYYYYMM toYYYYMMDD toYYYYMMDDhhmmss today yesterday
  year quarter month week day dayofmonth dayofweek dayofyear hour minute second extract
  tumble tumbleStart tumbleEnd hop hopStart hopEnd
  cast accurateCast accurateCastOrNull accurateCastOrDefault toBool toDate toDateOrNull toDate32 toDateTime toDateTimeOrNull toDateTime64
  toDateTime64OrNull toDecimal32 toDecimal64 toDecimal128 toFloat32 toFloat64 toFloat32OrNull toFloat64OrNull toFloat64OrZero toInt8 toInt16 toInt32
  toInt64 toInt32OrNull toInt64OrNull toInt64OrZero toUInt8 toUInt16 toUInt32 toUInt64 toUInt64OrNull toUInt64OrZero toString toIntervalYear
  toIntervalQuarter toIntervalMonth toIntervalWeek toIntervalDay toIntervalHour toIntervalMinute toIntervalSecond toIntervalMillisecond
  toIntervalMicrosecond toTypeName toLowCardinality reinterpretAsUInt64 reinterpretAsInt64
  ascii char concat concatWithSeparator endsWith startsWith initcap left leftPad right rightPad leftUTF8 rightUTF8 lengthUTF8 char_length lower lcase lowerUTF8 upper
  ucase upperUTF8 repeat space substring substr mid substringUTF8 substringIndex trim trimBoth trimLeft trimRight ltrim rtrim reverseUTF8 naturalSortKey
  base64Encode base64Decode tryBase64Decode hex unhex bin format replaceAll replace replaceOne replaceRegexpAll replaceRegexpOne translate
  splitByChar splitByString splitByWhitespace splitByRegexp alphaTokens tokens
  countSubstrings countSubstringsCaseInsensitive extractAll extractGroups extractAllGroupsVertical ilike like notILike notLike locate match position
  positionCaseInsensitive positionUTF8 hasToken multiSearchAny multiMatchAny
  isValidJSON JSONExtract JSONExtractArrayRaw JSONExtractBool JSONExtractFloat JSONExtractInt JSONExtractKeys JSONExtractKeysAndValues JSONExtractRaw
  JSONExtractString JSONExtractUInt JSONHas JSONLength JSONType JSON_VALUE JSON_QUERY JSON_EXISTS toJSONString
  simpleJSONExtractBool simpleJSONExtractFloat simpleJSONExtractInt simpleJSONExtractString simpleJSONHas
  cityHash64 xxHash64 sipHash64 farmHash64 intHash64 MD5 SHA1 SHA256
  formatReadableQuantity formatReadableSize formatReadableTimeDelta materialize ignore identity bar rowNumberInAllBlocks runningDifference
  seriesOutliersDetectTukey seriesPeriodDetectFFT seriesDecomposeSTL
`;

const aggregates = `
  any any_value anyHeavy anyLast first_value last_value nth_value argMax argMin max_by min_by avg avgWeighted corr corrStable count covarPop
  covarSamp deltaSum deltaSumTimestamp entropy exponentialMovingAverage exponentialTimeDecayedAvg groupArray array_agg groupArrayMovingAvg groupArrayMovingSum
  groupArraySample groupArraySorted groupArrayLast groupBitAnd groupBitOr groupBitXor groupConcat groupUniqArray histogram intervalLengthSum kurtPop kurtSamp
  largestTriangleThreeBuckets lttb max maxIntersections median medianExact medianTDigest min nonNegativeDerivative quantile quantileExact
  quantileExactExclusive quantileExactInclusive quantileExactHigh quantileExactLow quantileExactWeighted quantileTDigest quantileTiming quantiles quantilesExact
  quantilesTDigest rankCorr retention sequenceCount sequenceMatch simpleLinearRegression singleValueOrNull skewPop skewSamp stddevPop stddevSamp
  stddevPopStable stddevSampStable std stddev_pop stddev_samp sum sumCount sumKahan topK topKWeighted uniq uniqCombined uniqExact uniqHLL12 uniqUpTo varPop
  varSamp var_pop var_samp windowFunnel rank dense_rank denseRank row_number ntile percent_rank percentRank cume_dist lag lead lagInFrame leadInFrame
`;

const combinators = [
  'if',
  'array',
  'map',
  'foreach',
  'distinct',
  'ordefault',
  'ornull',
  'argmin',
  'argmax',
  'resample',
];

const words = (text: string): string[] => text.toLowerCase().trim().split(/\s+/);
const plainNames = new Set(words(plain));
const aggregateNames = new Set(words(aggregates));

/** Whether a function may be used, by its name as it was written. Aggregates may carry the engine's combinators: `sumIf`, `avgOrNull`. */
export function isFunctionAllowed(name: string): boolean {
  let rest = name.toLowerCase();
  if (plainNames.has(rest)) return true;
  for (;;) {
    if (aggregateNames.has(rest)) return true;
    const combinator = combinators.find((one) => rest.endsWith(one) && rest.length > one.length);
    if (combinator === undefined) return false;
    rest = rest.slice(0, -combinator.length);
  }
}
