using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IoTCentral.Core.Common;

namespace IoTCentral.Core.Twins;

/// <summary>Why a patch is refused: an HTTP-like status, and which property with a sentence.</summary>
public readonly record struct TwinFault(int Status, Fault Fault)
{
    public string Message => Fault.ToString();
}

/// <summary>Reads and checks twin patches against IoT Hub's document rules.</summary>
public static class TwinPatch
{
    /// <summary>Most bytes of one side (desired or reported): names and values, numbers as 8, booleans as 4.</summary>
    public const int MaxSize = 32 * 1024;

    // A patch that only deletes is longer than what is left; beyond this nobody means it well.
    private const int MaxBody = 128 * 1024;
    private const int MaxDepth = 10;
    private const int MaxName = 1024;
    private const int MaxText = 4 * 1024;
    private const double MaxInteger = 4503599627370496; // 2^52

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>The patch as an object that keeps the document rules; else false and why.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out JsonObject patch, out TwinFault fault)
    {
        patch = [];
        if (json.Length > MaxBody)
            return Refuse(413, $"The patch has {json.Length} bytes; at most {MaxBody} are read.", out fault);
        try
        {
            if (JsonNode.Parse(json, null, Strict) is not JsonObject parsed)
                return Refuse(400, "The patch must be a JSON object.", out fault);
            if (FindFault(parsed, "", depth: 1) is { } wrong)
            {
                fault = new(400, wrong);
                return false;
            }

            patch = parsed;
            fault = default;
            return true;
        }
        catch (JsonException)
        {
            return Refuse(
                400,
                "The patch is not valid JSON, is nested too deep, or names a property twice.",
                out fault
            );
        }
        catch (InvalidOperationException)
        {
            // a name or string with half a surrogate pair
            return Refuse(400, "The patch has text that is not valid Unicode.", out fault);
        }
    }

    /// <summary>A fault when this side of the twin would be larger than allowed.</summary>
    public static TwinFault? CheckSize(JsonObject properties)
    {
        var size = SizeOf(properties);
        return size <= MaxSize
            ? null
            : new TwinFault(
                413,
                new("", $"The properties would take {size} bytes together; at most {MaxSize} are allowed.")
            );
    }

    private static Fault? FindFault(JsonNode? node, string path, int depth)
    {
        if (depth > MaxDepth && node is JsonObject or JsonArray)
            return new(path, $"Properties may be nested {MaxDepth} deep.");
        return node switch
        {
            JsonObject o => o.Select(p => FindMemberFault(p, path, depth)).FirstOrDefault(f => f is not null),
            JsonArray a => a.Select(i => FindFault(i, path, depth + 1)).FirstOrDefault(f => f is not null),
            JsonValue v => FindValueFault(v) is { } fault ? new(path, fault) : null,
            _ => null,
        };
    }

    private static Fault? FindMemberFault(KeyValuePair<string, JsonNode?> member, string path, int depth) =>
        FindNameFault(member.Key) is { } fault
            ? new(path, fault)
            : FindFault(member.Value, path.Length == 0 ? member.Key : $"{path}.{member.Key}", depth + 1);

    private static string? FindNameFault(string name)
    {
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > MaxName)
            return $"A property name has 1 to {MaxName} bytes.";
        return name.Any(c => char.IsControl(c) || c is '.' or '$' or ' ')
            ? $"The property name '{name}' has a character that is not allowed (control characters, '.', '$', space)."
            : null;
    }

    private static string? FindValueFault(JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                var text = value.GetValue<string>();
                if (Encoding.UTF8.GetByteCount(text) > MaxText)
                    return $"A text value has at most {MaxText} bytes.";
                return text.Contains('\0', StringComparison.Ordinal)
                    ? "Text must not contain the character U+0000."
                    : null;
            case JsonValueKind.Number:
                var written = value.GetValue<JsonElement>();
                if (!written.TryGetDouble(out var number) || !double.IsFinite(number))
                    return "A number is out of range.";
                return IsWrittenWhole(written.GetRawText()) && Math.Abs(number) > MaxInteger
                    ? "A whole number lies between -4503599627370496 and 4503599627370496; write a larger one as 1.5e300."
                    : null;
            default:
                return null;
        }
    }

    /// <summary>As IoT Hub tells a whole number from a double: by how it is written.</summary>
    private static bool IsWrittenWhole(string number) => number.AsSpan().IndexOfAny('.', 'e', 'E') < 0;

    private static int SizeOf(JsonNode? node) =>
        node switch
        {
            JsonObject o => o.Sum(p => Encoding.UTF8.GetByteCount(p.Key) + SizeOf(p.Value)),
            JsonArray a => a.Sum(SizeOf),
            JsonValue v => v.GetValueKind() switch
            {
                JsonValueKind.String => Encoding.UTF8.GetByteCount(v.GetValue<string>()),
                JsonValueKind.Number => 8,
                _ => 4,
            },
            _ => 0,
        };

    private static bool Refuse(int status, string message, out TwinFault fault)
    {
        fault = new TwinFault(status, new("", message));
        return false;
    }
}
