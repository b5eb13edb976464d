using System.Text.Json;
using System.Text.Unicode;
using IoTCentral.Core.Common;

namespace IoTCentral.Web.Api;

/// <summary>
/// Reads bodies of the API, once and whole: UTF-8 JSON whose texts can be stored. PostgreSQL holds neither U+0000 nor
/// half a surrogate pair, and .NET would read the latter late and badly.
/// </summary>
internal static class ApiBody
{
    /// <exception cref="BadHttpRequestException">No JSON, not UTF-8, or too large.</exception>
    /// <exception cref="JsonException">Not the JSON it says it is.</exception>
    /// <exception cref="InvalidRequestException"><c>api.invalid-body</c>: texts that cannot be stored.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
            throw new BadHttpRequestException("Send JSON.", StatusCodes.Status415UnsupportedMediaType);
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var body = new ReadOnlyMemory<byte>(buffer.GetBuffer(), 0, (int)buffer.Length);
        if (body.Span.StartsWith("\uFEFF"u8))
            body = body["\uFEFF"u8.Length..];
        if (body.IsEmpty)
            throw Missing();
        if (!Utf8.IsValid(body.Span))
            throw new BadHttpRequestException("The body is not valid UTF-8.");
        if (FaultsOf(body.Span) is { Count: > 0 } faults)
            throw new InvalidRequestException("api.invalid-body", faults);
        return body;
    }

    public static BadHttpRequestException Missing() => new("The body must be a JSON object; there is none.");

    private static List<Fault> FaultsOf(ReadOnlySpan<byte> json)
    {
        var faults = new List<Fault>();
        var names = new string[ApiJson.MaxDepth + 2]; // of the member at each depth; empty inside a list
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = ApiJson.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                names[reader.CurrentDepth + 1] = "";
            if (reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.String))
                continue;
            var (text, fault) = TextOf(ref reader);
            if (reader.TokenType == JsonTokenType.PropertyName)
                names[reader.CurrentDepth] = text;
            if (fault is not null)
                faults.Add(new(string.Join('.', names[..(reader.CurrentDepth + 1)].Where(n => n?.Length > 0)), fault));
        }

        return faults;
    }

    private static (string Text, string? Fault) TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            var text = reader.GetString()!;
            return text.Contains('\0', StringComparison.Ordinal)
                ? (text.Replace('\0', '?'), "Text cannot have the character U+0000.")
                : (text, null);
        }
        catch (InvalidOperationException)
        {
            // the reader's word for an escape such as \ud800 without its other half
            return ("?", "Text cannot have half a surrogate pair (\\ud800 to \\udfff alone).");
        }
    }
}

/// <summary>The body of a request, as a parameter of an endpoint.</summary>
internal sealed record JsonBody<T>(T Value)
    where T : class
{
    /// <inheritdoc cref="ApiBody.ReadAsync"/>
    public static async ValueTask<JsonBody<T>?> BindAsync(HttpContext context)
    {
        var body = await ApiBody.ReadAsync(context);
        return new(JsonSerializer.Deserialize<T>(body.Span, ApiJson.Options) ?? throw ApiBody.Missing());
    }
}
