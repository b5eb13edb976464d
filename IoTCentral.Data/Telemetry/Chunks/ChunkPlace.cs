using IoTCentral.Core.Telemetry;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>How much time a chunk is of.</summary>
internal enum ChunkLevel : short
{
    Hour,
    Day,

    /// <summary>Thirty-two days, counted from 1970.</summary>
    Month,
}

/// <summary>Which stretch of which series, and of which kind of values.</summary>
/// <param name="Start">Microseconds since 1970 UTC.</param>
internal readonly record struct ChunkPlace(
    int TenantId,
    long DeviceKey,
    int SignalId,
    PointKind Kind,
    ChunkLevel Level,
    long Start
)
{
    /// <summary>Exclusive end of a row of <c>chunk</c> in SQL, as <see cref="End"/> has it.</summary>
    public const string EndInSql =
        $"start + case level when 0 then interval '1 hour' when 1 then interval '24 hours' else interval '{MonthInSql}' end";

    /// <summary>Length of <see cref="ChunkLevel.Month"/> as an interval in SQL.</summary>
    public const string MonthInSql = "768 hours";

    private const long Hour = 3_600_000_000;

    /// <summary>Exclusive.</summary>
    public long End => Start + Length(Level);

    public static long Length(ChunkLevel level) =>
        level switch
        {
            ChunkLevel.Hour => Hour,
            ChunkLevel.Day => 24 * Hour,
            _ => 32 * 24 * Hour,
        };

    public static long StartOf(ChunkLevel level, long time)
    {
        var length = Length(level);
        var rest = time % length;
        return rest < 0 ? time - rest - length : time - rest;
    }

    /// <summary>Microseconds since 1970 UTC, as PostgreSQL counts them.</summary>
    public static long MicrosecondsOf(DateTime utc) =>
        (utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTime TimeOf(long microseconds) =>
        DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    public ChunkPlace At(ChunkLevel level) => this with { Level = level, Start = StartOf(level, Start) };
}
