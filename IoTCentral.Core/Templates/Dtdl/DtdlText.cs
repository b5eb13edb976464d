using System.Text.Json;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>Turns untrusted text into JSON that the reader can rely on: not too large or deep, no name twice in an
/// object, no text that cannot be stored.</summary>
internal static class DtdlText
{
    // 1,000 capabilities with every text at its longest are about 2 MB.
    public const int MaxBytes = 4 * 1024 * 1024;

    // Interfaces in components in arrays of objects need about 20.
    public const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>The document, or null after a fault.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> utf8, DtdlLog log)
    {
        if (utf8.Span.StartsWith("\uFEFF"u8))
            utf8 = utf8[3..];
        if (utf8.Length > MaxBytes)
        {
            log.Fault("", $"The file is too large: at most {MaxBytes / 1024 / 1024} MB are read.");
            return null;
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(utf8, Options);
        }
        catch (JsonException e)
        {
            log.Fault("", Explain(e));
            return null;
        }

        Check(document.RootElement, "", log);
        if (!log.HasFaults)
            return document;
        document.Dispose();
        return null;
    }

    private static string Explain(JsonException e) =>
        e.Message.Contains("depth", StringComparison.Ordinal)
            ? $"The file is nested more than {MaxDepth} levels deep."
            : $"The file is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).";

    private static void Check(JsonElement element, string path, DtdlLog log)
    {
        if (log.IsFull)
            return;
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                CheckObject(element, path, log);
                break;
            case JsonValueKind.Array:
                var i = 0;
                foreach (var item in element.EnumerateArray())
                    Check(item, $"{path}[{i++}]", log);
                break;
            case JsonValueKind.String:
                if (!IsStorable(() => element.GetString()!))
                    log.Fault(path, "The text has a character that cannot be stored (NUL or half a surrogate pair).");
                break;
        }
    }

    private static void CheckObject(JsonElement element, string path, DtdlLog log)
    {
        var names = new HashSet<string>();
        foreach (var member in element.EnumerateObject())
        {
            if (!IsStorable(() => member.Name))
            {
                log.Fault(path, "A name has a character that cannot be stored (NUL or half a surrogate pair).");
                continue;
            }

            var at = DtdlNode.Join(path, member.Name);
            if (!names.Add(member.Name))
                log.Fault(at, "This name is there twice in the same object; keep one.");
            else
                Check(member.Value, at, log);
        }
    }

    private static bool IsStorable(Func<string> text)
    {
        try
        {
            return !text().Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            // JsonElement.GetString: an escape such as \ud800 without its other half
            return false;
        }
    }
}
