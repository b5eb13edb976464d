using System.Buffers.Text;
using System.Globalization;

namespace IoTCentral.Hub.Methods;

/// <summary>Direct methods in MQTT topics: the call, and the answer with its status (contract §2.6).</summary>
internal static class MethodTopic
{
    /// <summary>Nothing may follow the request id: the C# SDK takes the rest of the topic for it (contract §0 trap 5).</summary>
    public static string OfCall(string name, long id) =>
        string.Create(CultureInfo.InvariantCulture, $"$iothub/methods/POST/{name}/?$rid={id:x}");

    /// <param name="id">Null: not one of ours.</param>
    /// <returns>False: it is no such topic.</returns>
    public static bool TryReadAnswer(ReadOnlySpan<byte> topic, out int status, out long? id)
    {
        (status, id) = (0, null);
        var start = "$iothub/methods/res/"u8;
        var middle = "/?$rid="u8;
        if (!topic.StartsWith(start))
            return false;
        topic = topic[start.Length..];
        var at = topic.IndexOf(middle);
        if (at <= 0 || !Utf8Parser.TryParse(topic[..at], out status, out var read) || read != at)
            return false;
        var rest = topic[(at + middle.Length)..];
        var end = rest.IndexOf((byte)'&');
        var text = end < 0 ? rest : rest[..end];
        if (Utf8Parser.TryParse(text, out long number, out read, 'x') && read == text.Length)
            id = number;
        return true;
    }
}
