using System.Net;
using IoTCentral.Core.Provisioning;

namespace IoTCentral.Hub.Devices;

/// <summary>Where somebody came from and how, for the connection log.</summary>
/// <param name="Protocol">MQTT, DPS over MQTT; empty: it did not come to that.</param>
/// <param name="Client">What it calls its program; empty: it did not say.</param>
/// <param name="Proof">By what it proved who it is; empty: not yet.</param>
internal sealed record Origin(IPAddress Address, string Protocol, string Client = "", string Proof = "")
{
    public Origin ToRegister(string proof = "") => this with { Protocol = $"DPS over {Protocol}", Proof = proof };

    public Origin By(string proof) => this with { Proof = proof };

    public Origin Of(SignedIn device) => By(device.Proof);
}
