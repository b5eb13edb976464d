namespace IoTCentral.Core.Files;

/// <summary>What kind of thing a file is. Pictures are known by their first bytes, since browsers believe what we say.</summary>
public static class FileTypes
{
    public const string Unknown = "application/octet-stream";

    /// <summary>As many first bytes as <see cref="Of"/> looks at.</summary>
    public const int HeadBytes = 64;

    private const int LongestType = 128;
    private static readonly string[] Images = ["image/png", "image/jpeg", "image/gif", "image/webp"];

    private static readonly Dictionary<string, string> ByEnding = new(StringComparer.OrdinalIgnoreCase)
    {
        [".txt"] = "text/plain",
        [".log"] = "text/plain",
        [".md"] = "text/markdown",
        [".csv"] = "text/csv",
        [".json"] = "application/json",
        [".ndjson"] = "application/x-ndjson",
        [".xml"] = "application/xml",
        [".yaml"] = "application/yaml",
        [".yml"] = "application/yaml",
        [".zip"] = "application/zip",
        [".gz"] = "application/gzip",
        [".mp4"] = "video/mp4",
        [".wav"] = "audio/wav",
    };

    public static FileKind KindOf(string contentType) =>
        contentType.Split(';')[0].Trim() switch
        {
            var type when Images.Contains(type) => FileKind.Image,
            "application/json" => FileKind.Json,
            var type when type.EndsWith("+json", StringComparison.Ordinal) => FileKind.Json,
            "application/xml" or "application/yaml" or "application/x-ndjson" => FileKind.Text,
            var type when type.StartsWith("text/", StringComparison.Ordinal) => FileKind.Text,
            _ => FileKind.Other,
        };

    /// <param name="declared">What the device says; null or "application/octet-stream": nothing.</param>
    /// <param name="head">The first bytes.</param>
    public static string Of(string? declared, string name, ReadOnlySpan<byte> head)
    {
        if (Sniff(head) is { } seen)
            return seen;
        var said = declared?.Trim().ToLowerInvariant();
        if (said is null or Unknown || !IsType(said))
            said = ByEnding.GetValueOrDefault(Path.GetExtension(name), Unknown);
        // it says that it is a picture and is none
        return KindOf(said) == FileKind.Image ? Unknown : said;
    }

    private static string? Sniff(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0x89, .. "PNG\r\n"u8]) ? "image/png"
        : head.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]) ? "image/jpeg"
        : head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8) ? "image/gif"
        : head.Length >= 12 && head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8) ? "image/webp"
        : head.StartsWith("%PDF-"u8) ? "application/pdf"
        : null;

    private static bool IsType(string text) =>
        text.Length <= LongestType
        && text.Contains('/', StringComparison.Ordinal)
        && text.All(c => c is >= ' ' and < '\x7f');
}
