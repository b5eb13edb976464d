using System.Globalization;
using IoTCentral.Core.Common;

namespace IoTCentral.Data.Common;

/// <summary>Where a page of a list by time (newest first) ended: time and id of its last row.</summary>
internal static class TimeKey
{
    public static Page<T> Page<T>(IReadOnlyList<T> rows, int limit, Func<T, (DateTimeOffset Time, Guid Id)> key) =>
        rows.Count <= limit ? new(rows, null) : new([.. rows.Take(limit)], Write(key(rows[limit - 1])));

    /// <exception cref="InvalidRequestException">It is no such key.</exception>
    public static (DateTime Time, Guid Id) Parse(string? key)
    {
        if (key is null)
            return (DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc), Guid.AllBitsSet);
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        if (
            dot > 0
            && long.TryParse(key.AsSpan(0, dot), CultureInfo.InvariantCulture, out var ticks)
            && ticks >= 0
            && ticks <= DateTime.MaxValue.Ticks
            && Guid.TryParseExact(key.AsSpan(dot + 1), "N", out var id)
        )
            return (new DateTime(ticks, DateTimeKind.Utc), id);
        throw PageKey.Unknown();
    }

    // PostgreSQL keeps microseconds, and rows come from there, so nothing is lost.
    private static string Write((DateTimeOffset Time, Guid Id) last) =>
        string.Create(CultureInfo.InvariantCulture, $"{last.Time.UtcTicks}.{last.Id:N}");
}
