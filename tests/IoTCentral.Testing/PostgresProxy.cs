using System.Collections.Concurrent;
using System.Net.Sockets;
using Npgsql;

namespace IoTCentral.Testing;

/// <summary>
/// Stands between the program and PostgreSQL on a Unix socket of its own and does what networks and servers do: hang,
/// refuse, or break just when the answer to a commit was on its way.
/// </summary>
public sealed class PostgresProxy : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Socket, bool> _clients = new();
    private readonly CancellationTokenSource _end = new();
    private readonly UnixDomainSocketEndPoint _server;
    private readonly string _folder;
    private readonly string _door;
    private Socket? _listener;
    private TaskCompletionSource _open = Opened();
    private int _cut;

    public PostgresProxy(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        _server = new UnixDomainSocketEndPoint($"{settings.Host}/.s.PGSQL.{settings.Port}");
        _folder = Directory.CreateTempSubdirectory("pgproxy").FullName;
        settings.Host = _folder;
        ConnectionString = settings.ConnectionString;
        _door = $"{_folder}/.s.PGSQL.{settings.Port}";
        Listen();
    }

    /// <summary>The same server, through this proxy.</summary>
    public string ConnectionString { get; }

    /// <summary>An answer was thrown away since <see cref="CutNextAnswer"/>.</summary>
    public bool HasCut => Volatile.Read(ref _cut) == 2;

    /// <summary>The next answer of the server is thrown away and its connection broken: the commit is in doubt.</summary>
    public void CutNextAnswer() => Volatile.Write(ref _cut, 1);

    /// <summary>From now on nothing passes, and nothing is refused either.</summary>
    public void Hang() => _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>From now on every connection is broken and none is taken, as when the server is down.</summary>
    public void Refuse()
    {
        _listener?.Dispose();
        _listener = null;
        foreach (var client in _clients.Keys)
            client.Dispose();
    }

    /// <summary>The server is there again: what was held up goes on, and who comes is taken.</summary>
    public void GoOn()
    {
        _open.TrySetResult();
        if (_listener is null)
            Listen();
    }

    private void Listen()
    {
        File.Delete(_door);
        _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(_door));
        _listener.Listen(100);
        _ = AcceptAsync(_listener);
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptAsync(_end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // the test is over, or the server refuses
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _clients[client] = true;
        try
        {
            await server.ConnectAsync(_server, _end.Token);
            await Task.WhenAny(PumpAsync(client, server, answers: false), PumpAsync(server, client, answers: true));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // either side has gone
        }
        finally
        {
            _clients.TryRemove(client, out _);
            client.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool answers)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer, _end.Token) is > 0 and var n)
            {
                await _open.Task.WaitAsync(_end.Token);
                if (answers && Interlocked.CompareExchange(ref _cut, 2, 1) == 1)
                    return;
                for (var sent = 0; sent < n; )
                    sent += await to.SendAsync(buffer.AsMemory(sent, n - sent), _end.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // either side has gone
        }
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener?.Dispose();
        Directory.Delete(_folder, recursive: true);
        _end.Dispose();
    }
}
