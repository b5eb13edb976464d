using System.Text;
using System.Text.Json.Nodes;
using IoTCentral.Core.Installation;

namespace IoTCentral.Journeys.Sdk;

/// <summary>docs/compatibility.md, for whoever decides whether devices may move here.</summary>
internal sealed class CompatibilityDocument
{
    private readonly StringBuilder _text = new();
    private readonly List<string> _reasons = [];

    /// <summary>The document as it has to be.</summary>
    public static string Make() => new CompatibilityDocument().Whole();

    private string Whole()
    {
        Line("# Compatibility");
        Line();
        Line("Which programs for Azure IoT run here as they are. Made from tests against the running program");
        Line(
            "(`tests/IoTCentral.Journeys/Sdk`) and written anew by `UPDATE_DOCS=true ./test`; an operation of the SDK"
        );
        Line("without a row here fails them.");
        Line();
        Line("| SDK | how it is shown |");
        Line("|---|---|");
        Line(
            $"| Node.js ({Version("azure-iot-device")}, {Version("azure-iot-provisioning-device")}) | the SDK itself runs, over each of its transports: the tables below |"
        );
        Line("| C, C#, Java, Python | their packets are replayed over MQTT: [Replayed packets](replays.md) |");
        Line("| another AMQP 1.0 client | Amqp.Net Lite runs: telemetry, messages, twin, methods, registration |");
        Line();
        Line(Summary());
        Line();
        Line("Cells say:");
        Line();
        Line("* **works**: a test does it over this transport.");
        Line("* **local**: it stays inside the program; nothing goes over the wire, so no hub matters. Tested too.");
        Line(
            "* **refused**: it cannot be done over this transport, for the reason of that number; a test sees the refusal."
        );
        Line();
        Line("Transports: `mqtt` is port 8883, `amqp` 5671, all others 443.");
        Section("Devices", "Client.");
        Section("Twins of devices and modules", "Twin.");
        Section("Modules", "ModuleClient.");
        Section("Provisioning", "ProvisioningDeviceClient.");
        Line();
        Line("## Who may come in");
        Line();
        Table("a device", Compatibility.SigningIn.Select(r => (r.Key, r.Value.Select(Words))));
        Line();
        Line(
            "By TPM nobody may (§3.4): such a device is enrolled with a certificate, whose private key may lie in its TPM."
        );
        Line();
        Line("## Who may not, and the error that its program sees");
        Line();
        Line("Connecting and sending with:");
        Line();
        Table("", Compatibility.Refusals.Select(r => (r.Key, r.Value.Select(Code))));
        Line();
        Line("Registering with:");
        Line();
        Table("", Compatibility.RefusedRegistrations.Select(r => (r.Key, r.Value.Select(Code))));
        Line();
        Line("The SDK tells no more than that; the connection log of the application says why, and what to do.");
        Line();
        Line("## Reasons");
        Line();
        Line("§ is the section of the wire contract that the code cites too.");
        Line();
        for (var i = 0; i < _reasons.Count; i++)
            Line($"{i + 1}. {_reasons[i]}");
        return _text.ToString();
    }

    private static string Summary()
    {
        var cells = Compatibility.Rows.Values.SelectMany(row => row).ToList();
        int Count(string words) => cells.Count(c => c.Words == words);
        return $"In short: {Compatibility.Rows.Count} operations of Node's SDK over {Compatibility.Transports.Length} transports are "
            + $"{cells.Count} cases, of which {Count("works")} work, {Count("local")} stay inside the program and "
            + $"{Count("refused")} are refused, by the SDK itself or as Azure's hub does.";
    }

    private void Section(string title, string prefix)
    {
        Line();
        Line($"## {title}");
        Line();
        var rows = Compatibility.Rows.Where(r => r.Key.StartsWith(prefix, StringComparison.Ordinal));
        Table($"`{prefix[..^1]}`", rows.Select(r => (Code(r.Key[prefix.Length..]), r.Value.Select(Words))));
    }

    private void Table(string corner, IEnumerable<(string Name, IEnumerable<string> Cells)> rows)
    {
        Line($"| {corner} | {string.Join(" | ", Compatibility.Transports)} |");
        Line("|---|" + string.Concat(Compatibility.Transports.Select(_ => "---|")));
        foreach (var (name, cells) in rows)
            Line($"| {name} | {string.Join(" | ", cells)} |");
    }

    private string Words(Known known)
    {
        if (known.Reason is not { } reason)
            return known.Words;
        if (!_reasons.Contains(reason))
            _reasons.Add(reason);
        return $"{known.Words} ({_reasons.IndexOf(reason) + 1})";
    }

    private static string Code(string name) => $"`{name}`";

    private static string Version(string package)
    {
        var file = Path.Combine(Home.Folder, "tests", "IoTCentral.Journeys", "devices", "package.json");
        return $"`{package}` {JsonNode.Parse(File.ReadAllText(file))!["dependencies"]![package]}";
    }

    private void Line(string text = "") => _text.Append(text).Append('\n');
}
