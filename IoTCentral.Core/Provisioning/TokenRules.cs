using System.Collections.Concurrent;
using System.Globalization;
using IoTCentral.Core.Devices;

namespace IoTCentral.Core.Provisioning;

/// <summary>Says in words what is wrong with a token's times.</summary>
public sealed class TokenRules(TimeProvider time)
{
    private const int MostRemembered = 10_000;

    // SDKs make tokens of one hour unless told otherwise.
    private static readonly TimeSpan UsualLife = TimeSpan.FromHours(1);

    // A token that has just ended has just ended: only a second one says that the clock is wrong.
    private static readonly TimeSpan JustEnded = TimeSpan.FromMinutes(5);

    // Two tokens with different ends, both too old: the device makes new ones, so its clock is what is wrong.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _expired = new(StringComparer.Ordinal);

    /// <summary>Null while the token is good.</summary>
    /// <param name="who">Tells one device from another.</param>
    public Refusal? CheckTime(SasToken token, string who)
    {
        var now = time.GetUtcNow();
        if (token.ExpiresAt > now)
        {
            _expired.TryRemove(who, out _);
            return null;
        }

        var since = now - token.ExpiresAt;
        var slow = InWords(since + UsualLife);
        var isFresh = _expired.TryGetValue(who, out var earlier) && earlier != token.ExpiresAt;
        if (_expired.Count >= MostRemembered)
            _expired.Clear();
        _expired[who] = token.ExpiresAt;
        return isFresh
            ? new Refusal(
                ConnectionCode.ClockOff,
                $"Its clock is about {slow} slow: each new token it makes ended {InWords(since)} ago. Set the device's clock, for example by NTP."
            )
            : new Refusal(
                ConnectionCode.Expired,
                $"Its token ended {InWords(since)} ago, at {token.ExpiresAt.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)}. {(since < JustEnded ? "Let the device make a new token before each ends, or give it one." : $"If the device makes a new token for each connection, its clock is about {slow} slow; else give it a new token.")}"
            );
    }

    internal static string InWords(TimeSpan span) =>
        span.TotalSeconds < 1.5 ? "a second"
        : span.TotalSeconds < 60 ? $"{Math.Floor(span.TotalSeconds)} seconds"
        : span.TotalMinutes < 1.5 ? "a minute"
        : span.TotalMinutes < 90 ? $"{Math.Round(span.TotalMinutes)} minutes"
        : span.TotalHours < 36 ? $"{Math.Round(span.TotalHours)} hours"
        : span.TotalDays < 730 ? $"{Math.Round(span.TotalDays)} days"
        : $"{Math.Round(span.TotalDays / 365.25)} years";
}
