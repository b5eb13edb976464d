using System.Net;
using System.Net.Sockets;
using IoTCentral.Core.Installation;

namespace IoTCentral.Web.Hosting;

/// <summary>Asks before anything is started whether the doors can be opened.</summary>
internal static class Ports
{
    /// <exception cref="InstallationException">A port is taken, or may not be opened by us, or the address is not this machine's.</exception>
    public static void DemandFree(InstallationOptions options)
    {
        if (options.Http.Port > 0)
        {
            Demand(options.Http.Address, options.Http.Port, "Http:Port", "Http:Address");
        }

        foreach (var address in options.Hub.Addresses)
        {
            Demand(address, options.Hub.MqttPort, "Hub:MqttPort", "Hub:Address");
            if (options.Hub.AmqpPort is { } amqp)
            {
                Demand(address, amqp, "Hub:AmqpPort", "Hub:Address");
            }
        }
    }

    /// <summary>Settings whose doors can all be opened.</summary>
    /// <inheritdoc cref="DemandFree"/>
    public static InstallationOptions Choose(InstallationOptions options, Action<string> say)
    {
        DemandFree(options);
        return ChooseHttps(options, say);
    }

    /// <summary>
    /// These settings with the HTTPS port of the hub that can be opened on all its addresses: 443 needs a right that not
    /// every user has, and may be a web server's.
    /// </summary>
    /// <exception cref="InstallationException">Neither the port nor its fallback can be opened.</exception>
    public static InstallationOptions ChooseHttps(InstallationOptions options, Action<string> say)
    {
        if (options.Hub.HttpsPort is not { } wanted)
        {
            return options;
        }

        try
        {
            DemandHttps(options.Hub, wanted);
            return options;
        }
        catch (InstallationException e) when (options.Hub.HttpsFallbackPort is { } fallback && fallback != wanted)
        {
            DemandHttps(options.Hub, fallback);
            say(
                $"{e.Message} Until then MQTT over WebSocket and HTTPS of devices are on port {fallback}, which only SDKs that let you choose a port can use."
            );
            return options with { Hub = options.Hub with { HttpsPort = fallback } };
        }
    }

    private static void DemandHttps(HubOptions hub, int port)
    {
        foreach (var address in hub.Addresses)
        {
            Demand(address, port, "Hub:HttpsPort", "Hub:Address");
        }
    }

    public static IPAddress AddressOf(string address) =>
        address == "localhost" ? IPAddress.Loopback
        : address is "*" or "+" or "::" or "[::]" ? IPAddress.IPv6Any
        : IPAddress.Parse(address);

    private static void Demand(string address, int port, string portSetting, string addressSetting)
    {
        var ip = AddressOf(address);
        try
        {
            using var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            // as Kestrel does: a port that is only in its last minute of an old connection counts as free
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(ip, port));
            socket.Listen(1);
        }
        catch (SocketException e)
        {
            throw new InstallationException(Sentence(e.SocketErrorCode, address, port, portSetting, addressSetting), e);
        }
    }

    private static string Sentence(
        SocketError error,
        string address,
        int port,
        string portSetting,
        string addressSetting
    ) =>
        error switch
        {
            SocketError.AddressAlreadyInUse =>
                $"Port {port} on {address} is taken by another program; stop that, or choose another with --{portSetting}.",
            SocketError.AccessDenied =>
                $"Port {port} may not be opened by this user; choose one above 1023 with --{portSetting}, or give the right to.",
            SocketError.AddressNotAvailable =>
                $"{address} is no address of this machine; choose another with --{addressSetting}.",
            _ =>
                $"Port {port} on {address} cannot be opened ({error}); choose another with --{portSetting} or --{addressSetting}.",
        };
}
