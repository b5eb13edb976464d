using System.Buffers.Text;
using System.Text;

namespace IoTCentral.Hub.Telemetry;

/// <summary>Percent-encoding as devices use it in topics; never form encoding.</summary>
internal static class PercentCode
{
    private const int MostOnStack = 512;

    /// <summary>A percent sign that begins no code stays as it is; bytes that are no UTF-8 become U+FFFD.</summary>
    public static string Decode(ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)'%'))
            return Encoding.UTF8.GetString(text);
        var decoded = text.Length <= MostOnStack ? stackalloc byte[text.Length] : new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 <= text.Length - 1 && TryHex(text.Slice(i + 1, 2), out var code))
            {
                decoded[length++] = code;
                i += 2;
            }
            else
            {
                decoded[length++] = text[i];
            }
        }

        return Encoding.UTF8.GetString(decoded[..length]);
    }

    private static bool TryHex(ReadOnlySpan<byte> digits, out byte code) =>
        Utf8Parser.TryParse(digits, out code, out var read, 'x') && read == 2;
}
