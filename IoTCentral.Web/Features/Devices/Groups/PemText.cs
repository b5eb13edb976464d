using System.Text;

namespace IoTCentral.Web.Features.Devices.Groups;

/// <summary>A certificate file as text that the services read.</summary>
internal static class PemText
{
    // a DER sequence with a length of more than one byte, which every certificate and list is
    private static bool IsDer(ReadOnlySpan<byte> file) => file is [0x30, > 0x80, ..];

    public static string Of(byte[] file) =>
        IsDer(file) ? Convert.ToBase64String(file) : Encoding.UTF8.GetString(file).Trim();
}
