namespace IoTCentral.Core.Outbox;

/// <summary>When a failed message is tried again.</summary>
public static class RetryPlan
{
    /// <summary>An alert's mail is no news after a day.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(1);

    /// <summary>Long enough for a slow mail server, short enough that a dead one is noticed.</summary>
    public static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);

    // 15 s, 30 s, 1 min … 30 min: some fifty attempts in a day.
    private static readonly TimeSpan First = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>Grows twofold per attempt; spread by ±25 % so that what failed together does not come back together.</summary>
    /// <param name="attempts">Attempts made so far, 1 or more.</param>
    /// <param name="chance">0 to 1.</param>
    public static TimeSpan DelayAfter(int attempts, double chance)
    {
        var grown = First * Math.Pow(2, Math.Clamp(attempts - 1, 0, 20));
        var delay = grown < Longest ? grown : Longest;
        return delay * (0.75 + (0.5 * chance));
    }

    /// <summary>The message after a failed attempt: waiting for the next, or given up.</summary>
    public static OutboxMessage AfterFailure(OutboxMessage message, string reason, DateTimeOffset now, double chance)
    {
        var next = now + DelayAfter(message.Attempts, chance);
        return next - message.CreatedAt >= GiveUpAfter
            ? message with
            {
                Status = OutboxStatus.Failed,
                LastError = Shorten($"Given up after a day. {reason}"),
            }
            : message with
            {
                NextAttemptAt = next,
                LastError = Shorten(reason),
            };
    }

    // What a foreign server says may be a whole page.
    internal static string Shorten(string reason) => reason.Length <= 500 ? reason : reason[..500] + "…";
}
