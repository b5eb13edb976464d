using System.Net;
using System.Net.Sockets;
using IoTCentral.Core.Installation;
using IoTCentral.Testing;
using IoTCentral.Web.Hosting;

namespace IoTCentral.Web.Tests.Hosting;

public sealed class PortsTests
{
    private readonly string _address = Loopback.NewAddress();

    [Fact]
    public void Free_doors_are_fine() => Ports.DemandFree(Options(Loopback.FreePort(_address)));

    [Fact]
    public void A_taken_port_is_named_with_the_setting_that_changes_it()
    {
        using var other = new TcpListener(IPAddress.Parse(_address), 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var refusal = Assert.Throws<InstallationException>(() => Ports.DemandFree(Options(port)));

        Assert.Equal(
            $"Port {port} on {_address} is taken by another program; stop that, or choose another with --Http:Port.",
            refusal.Message
        );
    }

    [Fact]
    public void A_taken_port_for_AMQP_is_named_as_well_and_none_is_asked_for_when_it_has_none()
    {
        using var other = new TcpListener(IPAddress.Parse(_address), 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var refusal = Assert.Throws<InstallationException>(() => Ports.DemandFree(Amqp(port)));
        Ports.DemandFree(Amqp(null));

        Assert.Equal(
            $"Port {port} on {_address} is taken by another program; stop that, or choose another with --Hub:AmqpPort.",
            refusal.Message
        );
    }

    [Fact]
    public void An_address_of_another_machine_is_named()
    {
        var options = Options(Loopback.FreePort(_address)) with { Hub = new() { Addresses = ["192.0.2.1"] } };

        var refusal = Assert.Throws<InstallationException>(() => Ports.DemandFree(options));

        Assert.StartsWith("192.0.2.1 is no address of this machine", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_https_port_is_taken_the_fallback_is_chosen_and_said()
    {
        using var other = new TcpListener(IPAddress.Parse(_address), 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        var free = Loopback.FreePort(_address);
        var said = new List<string>();

        var chosen = Ports.ChooseHttps(Https(taken, free), said.Add);

        Assert.Equal(free, chosen.Hub.HttpsPort);
        Assert.Contains($"on port {free}", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_fallback_a_taken_https_port_is_named()
    {
        using var other = new TcpListener(IPAddress.Parse(_address), 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;

        var refusal = Assert.Throws<InstallationException>(() => Ports.ChooseHttps(Https(taken, null), _ => { }));

        Assert.Contains("--Hub:HttpsPort", refusal.Message, StringComparison.Ordinal);
    }

    private InstallationOptions Amqp(int? port) =>
        Options(0) with
        {
            Hub = new()
            {
                Addresses = [_address],
                MqttPort = Loopback.FreePort(_address),
                AmqpPort = port,
            },
        };

    private InstallationOptions Https(int port, int? fallback) =>
        Options(0) with
        {
            Hub = new()
            {
                Addresses = [_address],
                HttpsPort = port,
                HttpsFallbackPort = fallback,
            },
        };

    private InstallationOptions Options(int port) =>
        new()
        {
            DataFolder = "/none",
            Http = new() { Address = _address, Port = port },
            Hub = new() { Addresses = [_address] },
        };
}
