using System.Buffers.Text;
using System.Text;
using IoTCentral.Core.Common;

namespace IoTCentral.Web.Api;

/// <summary>
/// Which state of a thing somebody has read, as opaque text in its body (<c>etag</c>) and in the headers. Sent back with
/// a change it must still be true; left out, the last write wins.
/// </summary>
internal static class Etag
{
    private const int Retries = 3;

    /// <param name="generation">Tells a thing from an earlier one of the same id.</param>
    public static string Of(long generation, int version) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{generation}.{version}"));

    public static void Show(HttpContext context, string etag) => context.Response.Headers.ETag = $"\"{etag}\"";

    /// <summary>True when the asker named the state that was seen; false: last write wins.</summary>
    /// <param name="current">Null: there is no such thing yet.</param>
    /// <exception cref="StaleEditException">The asker saw an older state.</exception>
    public static bool Demand(HttpContext context, string? fromBody, string? current)
    {
        var header = context.Request.Headers.IfMatch.ToString();
        if (fromBody is { Length: > 0 } && fromBody != current)
            throw Stale();
        if (header.Length == 0 || (header == "*" && current is not null))
            return fromBody is { Length: > 0 };
        var seen = header.Split(',').Select(t => t.Trim().Trim('"'));
        return current is not null && seen.Contains(current) ? true : throw Stale();
    }

    /// <summary>
    /// Reads, changes and saves: once for who named a state (<see cref="Demand"/>), else again with a fresh read when
    /// somebody else saved in between, since then the last write wins.
    /// </summary>
    public static async Task<T> SaveAsync<T>(HttpContext context, string? fromBody, Func<Task<T>> attempt)
    {
        var isGuarded = fromBody is { Length: > 0 } || context.Request.Headers.IfMatch is not ([] or ["*"]);
        for (var again = isGuarded ? 0 : Retries; ; again--)
        {
            try
            {
                return await attempt();
            }
            catch (StaleEditException) when (again > 0) { }
        }
    }

    private static StaleEditException Stale() =>
        new("It has changed since you read it (its etag is another now). Read it again and repeat your change.");
}
