using System.Globalization;
using System.Text;
using QRCoder;

namespace IoTCentral.Web.Features.Devices.Connect;

/// <summary>A QR code as the path of an SVG: drawn here, so that what it holds is sent to nobody.</summary>
/// <param name="Path">One square of 1 × 1 for each dark module.</param>
/// <param name="Size">Modules on a side, with the quiet zone that readers need.</param>
internal sealed record QrSvg(string Path, int Size)
{
    public static QrSvg Of(string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var path = new StringBuilder();
        var rows = code.ModuleMatrix;
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows[y].Length; x++)
            {
                var start = x;
                while (x < rows[y].Length && rows[y][x])
                    x++;
                if (x > start)
                    path.Append(CultureInfo.InvariantCulture, $"M{start} {y}h{x - start}v1h-{x - start}z");
            }
        }

        return new QrSvg(path.ToString(), rows.Count);
    }
}
