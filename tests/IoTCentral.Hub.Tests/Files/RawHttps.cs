using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Files;

/// <summary>One connection to the HTTPS port, on which what is said is said literally.</summary>
internal sealed class RawHttps(SslStream stream, string id, string token) : IAsyncDisposable
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<RawHttps> OpenAsync(TestHub hub, string id)
    {
        var device = await hub.DeviceAsync(id);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", hub.HttpsPort, Ct);
#pragma warning disable CA5359 // whom it trusts is another test's business
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true), false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await stream.AuthenticateAsClientAsync("127.0.0.1");
        return new(stream, id, Sign.Token($"127.0.0.1/devices/{id}", device.Keys.Primary));
    }

    /// <param name="miscount">How many bytes fewer than there are the header says.</param>
    public Task<string> PostAsync(string path, string body, int miscount) =>
        PostAsync(path, Encoding.UTF8.GetBytes(body), miscount);

    /// <summary>Posts, and gives the first answer with its headers.</summary>
    public async Task<string> PostAsync(string path, byte[] body, int miscount = 0)
    {
        var head =
            $"POST /devices/{id}/{path}?api-version=2021-04-12 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {token}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length - miscount}\r\n\r\n";
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], Ct);
        var answer = new List<byte>();
        var buffer = new byte[4096];
        while (!IsWhole(answer))
        {
            var read = await stream.ReadAsync(buffer, Ct);
            if (read == 0)
                break;
            answer.AddRange(buffer.AsSpan(0, read));
        }

        return Text(answer);
    }

    /// <summary>What else comes until the other side closes.</summary>
    public async Task<string> RestAsync()
    {
        var rest = new MemoryStream();
        await stream.CopyToAsync(rest, Ct);
        return Text(rest.ToArray());
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    // chunked: it ends with an empty chunk
    private static bool IsWhole(List<byte> answer) => Text(answer).EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal);

    private static string Text(IEnumerable<byte> bytes) => Encoding.UTF8.GetString([.. bytes]);
}
