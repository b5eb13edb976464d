using System.Globalization;
using System.Text.RegularExpressions;

namespace IoTCentral.Core.Access;

/// <summary>
/// The text of an API token, as IoT Central writes it:
/// <c>SharedAccessSignature sr=&lt;application&gt;&amp;sig=&lt;base64&gt;&amp;skn=&lt;token&gt;&amp;se=&lt;milliseconds&gt;</c>.
/// </summary>
public sealed partial record ApiTokenText(string Slug, byte[] Secret, string Id, DateTimeOffset ExpiresAt)
{
    private const string Scheme = "SharedAccessSignature ";

    // the longest legal one is below 400 characters
    private const int MaxLength = 1024;

    public static bool IsLegalId(string id) => LegalId().IsMatch(id);

    /// <summary>Fields in any order, each at most once; null for anything else.</summary>
    public static ApiTokenText? Parse(string header)
    {
        if (header.Length > MaxLength || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in header[Scheme.Length..].Trim().Split('&'))
        {
            var (name, value) = part.IndexOf('=', StringComparison.Ordinal) is var at and > 0
                ? (part[..at], Uri.UnescapeDataString(part[(at + 1)..]))
                : ("", "");
            if (!fields.TryAdd(name, value))
                return null;
        }

        var bytes = new byte[64];
        return
            fields.TryGetValue("sr", out var slug)
            && fields.TryGetValue("sig", out var sig)
            && fields.TryGetValue("skn", out var id)
            && fields.TryGetValue("se", out var se)
            && Convert.TryFromBase64String(sig, bytes, out var length)
            && long.TryParse(se, NumberStyles.None, CultureInfo.InvariantCulture, out var expiry)
            && !$"{slug}{id}".Contains('\0', StringComparison.Ordinal) // storage cannot be asked for that
            && expiry <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? new(slug, bytes[..length], id, DateTimeOffset.FromUnixTimeMilliseconds(expiry))
            : null;
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Scheme}sr={Slug}&sig={Uri.EscapeDataString(Convert.ToBase64String(Secret))}&skn={Id}&se={ExpiresAt.ToUnixTimeMilliseconds()}"
        );

    [GeneratedRegex("^[A-Za-z0-9_-]{1,128}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex LegalId();
}
