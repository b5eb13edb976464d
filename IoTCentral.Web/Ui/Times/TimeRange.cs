using System.Globalization;

namespace IoTCentral.Web.Ui.Times;

/// <summary>What a page looks at: the last while (live or as of now), or from one moment to another. Fits into an address.</summary>
public sealed record TimeRange
{
    private TimeRange() { }

    /// <summary>Length of the window that ends now; null when it is absolute.</summary>
    public TimeSpan? Window { get; private init; }

    /// <summary>New values keep coming and the window moves on with the clock.</summary>
    public bool IsLive { get; private init; }

    /// <summary>Start and end when it is absolute.</summary>
    public DateTimeOffset? From { get; private init; }
    public DateTimeOffset? To { get; private init; }

    public static TimeRange Live(TimeSpan window) => new() { Window = window, IsLive = true };

    public static TimeRange Last(TimeSpan window) => new() { Window = window };

    /// <exception cref="ArgumentException">The end is not after the start.</exception>
    public static TimeRange Between(DateTimeOffset from, DateTimeOffset to) =>
        from < to
            ? new() { From = from.ToUniversalTime(), To = to.ToUniversalTime() }
            : throw new ArgumentException("The end must be after the start.", nameof(to));

    public (DateTimeOffset From, DateTimeOffset To) Resolve(DateTimeOffset now) =>
        Window is { } window ? (now - window, now) : (From!.Value, To!.Value);

    public TimeSpan Length => Window ?? To!.Value - From!.Value;

    /// <summary>The smallest round interval that cuts the range into at most this many buckets.</summary>
    public TimeSpan Bucket(int buckets = 500)
    {
        var least = Length / buckets;
        foreach (var round in Rounds)
        {
            if (round >= least)
                return round;
        }
        return TimeSpan.FromDays(Math.Ceiling(least.TotalDays));
    }

    /// <summary>For an address: <c>live-30m</c>, <c>12h</c>, <c>20260701T120000Z-20260702T120000Z</c>.</summary>
    public string ToQuery() =>
        Window is { } window
            ? (IsLive ? "live-" : "") + Short(window)
            : $"{From!.Value.UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture)}-{To!.Value.UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture)}";

    /// <summary>Reads <see cref="ToQuery"/>; the other range for what it cannot read, so that a broken link still opens.</summary>
    public static TimeRange Parse(string? query, TimeRange otherwise)
    {
        if (string.IsNullOrEmpty(query))
            return otherwise;
        if (query.StartsWith("live-", StringComparison.Ordinal))
            return ReadSpan(query[5..]) is { } live ? Live(live) : otherwise;
        if (ReadSpan(query) is { } window)
            return Last(window);
        return query.Split('-') is [var from, var to] && ReadStamp(from) is { } f && ReadStamp(to) is { } t && f < t
            ? Between(f, t)
            : otherwise;
    }

    private const string Stamp = "yyyyMMdd'T'HHmmss'Z'";

    private static readonly TimeSpan[] Rounds =
    [
        .. new[] { 1, 2, 5, 10, 15, 30 }.Select(s => TimeSpan.FromSeconds(s)),
        .. new[] { 1, 2, 5, 10, 15, 30 }.Select(m => TimeSpan.FromMinutes(m)),
        .. new[] { 1, 2, 3, 6, 12 }.Select(h => TimeSpan.FromHours(h)),
        TimeSpan.FromDays(1),
    ];

    private static string Short(TimeSpan span)
    {
        var (count, unit) = span switch
        {
            { Ticks: var t } when t % TimeSpan.TicksPerDay == 0 => (span.TotalDays, "d"),
            { Ticks: var t } when t % TimeSpan.TicksPerHour == 0 => (span.TotalHours, "h"),
            { Ticks: var t } when t % TimeSpan.TicksPerMinute == 0 => (span.TotalMinutes, "m"),
            _ => (span.TotalSeconds, "s"),
        };
        return count.ToString("0", CultureInfo.InvariantCulture) + unit;
    }

    // up to ten years: more is a slip in the address, not a wish
    private static TimeSpan? ReadSpan(string text)
    {
        if (
            text.Length < 2
            || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        )
            return null;
        var unit = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => TimeSpan.Zero,
        };
        return unit > TimeSpan.Zero && count > 0 && count <= TimeSpan.FromDays(3660) / unit ? unit * count : null;
    }

    private static DateTimeOffset? ReadStamp(string text) =>
        DateTimeOffset.TryParseExact(
            text,
            Stamp,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var moment
        )
            ? moment
            : null;
}
