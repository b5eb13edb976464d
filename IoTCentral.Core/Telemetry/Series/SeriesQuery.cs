namespace IoTCentral.Core.Telemetry.Series;

/// <summary>What a series is made of: one value of one device over time.</summary>
/// <param name="Component">Empty for the root.</param>
/// <param name="Name">Telemetry name; a member of an object value is <c>name.member</c>.</param>
public readonly record struct SeriesId(long DeviceKey, string Component, string Name);

/// <summary>How points of a bucket become one value. From <see cref="Deviation"/> on each point has to be read.</summary>
public enum Aggregate
{
    Average,
    Minimum,
    Maximum,
    Sum,
    Count,
    First,
    Last,

    /// <summary>Standard deviation of the sample.</summary>
    Deviation,
    Median,
    Percentile90,
    Percentile95,
    Percentile99,

    /// <summary>Average over time: each value counts as long as it held, until the next one.</summary>
    TimeWeightedAverage,

    /// <summary>What a counter grew by in a second; where it is less than before it began again from 0.</summary>
    Rate,

    /// <summary>
    /// Percent of the time for which it was in <see cref="SeriesQuery.State"/>, of that for which its state is known.
    /// </summary>
    TimeInState,
}

/// <summary>What stands in buckets without points.</summary>
public enum Fill
{
    /// <summary>They are left out.</summary>
    None,

    /// <summary>They are there, with no value (NaN).</summary>
    Empty,

    /// <summary>The values of the bucket before.</summary>
    Previous,

    /// <summary>On the line between the bucket before and the bucket after.</summary>
    Linear,
}

/// <summary>Asks for points: series × range, raw or in buckets.</summary>
public sealed record SeriesQuery
{
    /// <summary>Longest time for which a value from before the range still holds at its beginning.</summary>
    internal static readonly TimeSpan LookBack = TimeSpan.FromDays(1);

    public required IReadOnlyList<SeriesId> Series { get; init; }

    /// <summary>Inclusive, by message time.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Exclusive.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Null: raw points. Buckets of whole hours and more align to <see cref="TimeZone"/>.</summary>
    public TimeSpan? Bucket { get; init; }

    /// <summary>The range is one bucket; <see cref="Bucket"/> is not read.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Application's zone, for buckets of an hour and longer.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Most points per series in the answer; more are thinned keeping minimum and maximum of each stretch.</summary>
    public int MaxPoints { get; init; } = 5_000;

    /// <summary>What is wanted of buckets beyond count, average, minimum, maximum, sum, first and last, which are always there.</summary>
    public IReadOnlyList<Aggregate> Aggregates { get; init; } = [];

    public Fill Fill { get; init; }

    /// <summary>
    /// Values of any kind count as 1 where they are this, else as 0, so that an average is how often it was: texts as they
    /// are, <c>true</c> and <c>false</c> (numbers 1 and 0 are those too), numbers as they are written. Null: numbers count
    /// as they are, and no texts do.
    /// </summary>
    public string? State { get; init; }

    /// <summary>Raw points, not buckets.</summary>
    public bool IsRaw => Bucket is null && !IsWhole;

    /// <summary>Summaries of stretches are not enough.</summary>
    public bool NeedsPoints => State is not null || Aggregates.Any(a => a >= Aggregate.Deviation);

    /// <summary>What was last before the range counts too.</summary>
    public bool NeedsPrevious =>
        !IsRaw && Aggregates.Any(a => a is Aggregate.TimeWeightedAverage or Aggregate.Rate or Aggregate.TimeInState);

    /// <summary>From where on points are to be read.</summary>
    public DateTimeOffset ReadFrom =>
        NeedsPrevious && From - DateTimeOffset.MinValue > LookBack ? From - LookBack : From;
}

/// <summary>One bucket (or raw point, then all members are that value and Count is 1).</summary>
/// <param name="Count">0: nothing was measured in it; its values are what <see cref="Fill"/> says.</param>
public readonly record struct SeriesBucket(
    DateTimeOffset Start,
    long Count,
    double Average,
    double Minimum,
    double Maximum,
    double Sum,
    double First,
    double Last
)
{
    /// <summary>Null where <see cref="SeriesQuery.Aggregates"/> asks for none of it.</summary>
    public BucketDetail? Detail { get; init; }

    /// <summary>NaN where it is not known.</summary>
    public double Of(Aggregate aggregate) =>
        aggregate switch
        {
            Aggregate.Average => Average,
            Aggregate.Minimum => Minimum,
            Aggregate.Maximum => Maximum,
            Aggregate.Sum => Sum,
            Aggregate.Count => Count,
            Aggregate.First => First,
            Aggregate.Last => Last,
            _ => Detail?.Of(aggregate) ?? double.NaN,
        };
}

/// <summary>What only the points themselves tell of a bucket; NaN where it is not known.</summary>
public sealed record BucketDetail
{
    public double Deviation { get; init; } = double.NaN;
    public double Median { get; init; } = double.NaN;
    public double Percentile90 { get; init; } = double.NaN;
    public double Percentile95 { get; init; } = double.NaN;
    public double Percentile99 { get; init; } = double.NaN;
    public double TimeWeightedAverage { get; init; } = double.NaN;
    public double Rate { get; init; } = double.NaN;

    internal double Of(Aggregate aggregate) =>
        aggregate switch
        {
            Aggregate.Deviation => Deviation,
            Aggregate.Median => Median,
            Aggregate.Percentile90 => Percentile90,
            Aggregate.Percentile95 => Percentile95,
            Aggregate.Percentile99 => Percentile99,
            Aggregate.TimeWeightedAverage => TimeWeightedAverage,
            Aggregate.Rate => Rate,
            // being in it is 1
            _ => 100 * TimeWeightedAverage,
        };
}

/// <summary>Numeric (and boolean as 0/1) answer of one series, by time.</summary>
public sealed record SeriesResult(SeriesId Series, IReadOnlyList<SeriesBucket> Buckets);

/// <summary>A stretch of time in which a text, boolean or enum value stayed the same.</summary>
/// <param name="To">Start of the next stretch, or the newest message's time for the last one.</param>
public sealed record StateStretch(DateTimeOffset From, DateTimeOffset To, string Value);
