namespace IoTCentral.Core.Telemetry.Series;

/// <summary>
/// Cuts time into buckets. Buckets shorter than an hour are multiples since the epoch; those of an hour and more begin at
/// multiples of local midnight in the zone (a day is a local day, 23 or 25 hours long when clocks change).
/// </summary>
public sealed class TimeBuckets
{
    private readonly long _size;
    private readonly TimeZoneInfo? _zone;

    // Offsets change a few times a year, so the one of the hour last asked for nearly always holds.
    private long _quarter = long.MinValue;
    private long _offset;

    /// <param name="size">At least a millisecond.</param>
    public TimeBuckets(TimeSpan size, TimeZoneInfo zone)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, TimeSpan.FromMilliseconds(1));
        _size = size.Ticks;
        _zone = size >= TimeSpan.FromHours(1) && !zone.Equals(TimeZoneInfo.Utc) ? zone : null;
    }

    /// <summary>Start of the bucket that holds this time.</summary>
    public DateTimeOffset StartOf(DateTimeOffset time)
    {
        var utc = time.UtcTicks;
        if (_zone is null)
            return new DateTimeOffset(Floor(utc), TimeSpan.Zero);
        var local = utc + OffsetAt(utc);
        var start = Floor(local);
        // The bucket may begin before a change of clocks: use the offset that held at its own beginning.
        var startUtc = start - OffsetAt(start - _offset);
        return new DateTimeOffset(Math.Min(startUtc, utc), TimeSpan.Zero);
    }

    /// <summary>Start of the bucket after the one that holds this time.</summary>
    public DateTimeOffset EndOf(DateTimeOffset time)
    {
        var start = StartOf(time);
        // A local day is 23 to 25 hours: step past its end, then look where that bucket begins.
        var next = StartOf(start.AddTicks(_size));
        return next > start ? next : StartOf(start.AddTicks(_size + TimeSpan.TicksPerHour));
    }

    private long Floor(long ticks) => ticks - (ticks % _size);

    private long OffsetAt(long utcTicks)
    {
        // Zones change at quarter hours at the finest.
        var quarter = utcTicks / (TimeSpan.TicksPerMinute * 15);
        if (quarter != _quarter)
        {
            _quarter = quarter;
            _offset = _zone!
                .GetUtcOffset(new DateTime(Math.Clamp(utcTicks, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc))
                .Ticks;
        }

        return _offset;
    }
}
