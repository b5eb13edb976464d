using System.Text.Encodings.Web;
using System.Text.Json;

namespace IoTCentral.Web.Hosting;

/// <summary>The one line scripts wait for: everything a first visitor and a first device need.</summary>
/// <param name="Setup">One-time link for the first administrator; null when there is one.</param>
/// <param name="Amqp">Where devices that speak AMQP connect; null: nowhere.</param>
/// <param name="Https">Where devices that speak HTTPS, or MQTT or AMQP over WebSocket, connect; null: nowhere.</param>
/// <param name="Ca">Path of the certificate that devices must trust.</param>
/// <param name="IdScope">Of the first application; null when there is none.</param>
internal sealed record ReadyLine(
    string Web,
    string? Setup,
    string Mqtt,
    string? Amqp,
    string? Https,
    string Ca,
    string? IdScope
)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a path is read by people, too
    };

    public override string ToString() => $"READY {JsonSerializer.Serialize(this, Json)}";
}
