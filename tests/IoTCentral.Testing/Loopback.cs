using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace IoTCentral.Testing;

/// <summary>Addresses and ports for servers of tests that run side by side.</summary>
public static class Loopback
{
    /// <summary>
    /// An address of this machine that nobody else uses, out of 8 million (Linux answers on all of 127.0.0.0/8). Devices'
    /// SDKs insist on port 8883, so each server has an address to itself instead.
    /// </summary>
    public static string NewAddress()
    {
        var random = RandomNumberGenerator.GetBytes(3);
        return $"127.{128 + random[0] % 127}.{random[1]}.{1 + random[2] % 254}";
    }

    /// <summary>A port that is free at this moment.</summary>
    public static int FreePort(string address = "127.0.0.1")
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
