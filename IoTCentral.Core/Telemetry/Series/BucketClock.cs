namespace IoTCentral.Core.Telemetry.Series;

/// <summary>Which bucket of a question a time is of, in microseconds since 1970 UTC.</summary>
internal sealed class BucketClock(SeriesQuery query)
{
    private const long Epoch = 621_355_968_000_000_000;

    private readonly TimeBuckets? _sizes = query.IsWhole ? null : new(query.Bucket!.Value, query.TimeZone);

    /// <summary>Start and end of the bucket that holds this time, which is within the range.</summary>
    public (long Start, long End) Of(long time)
    {
        if (_sizes is null)
            return (MicrosecondsOf(query.From), long.MaxValue);
        var at = TimeOf(time);
        return (MicrosecondsOf(_sizes.StartOf(at)), MicrosecondsOf(_sizes.EndOf(at)));
    }

    public bool IsOfOne(long start, long end) =>
        _sizes is null || _sizes.StartOf(TimeOf(start)) == _sizes.StartOf(TimeOf(end - 1));

    public static long TicksOf(long microseconds) => Epoch + (microseconds * TimeSpan.TicksPerMicrosecond);

    public static DateTimeOffset TimeOf(long microseconds) => new(TicksOf(microseconds), TimeSpan.Zero);

    public static long MicrosecondsOf(DateTimeOffset time) => (time.UtcTicks - Epoch) / TimeSpan.TicksPerMicrosecond;
}
