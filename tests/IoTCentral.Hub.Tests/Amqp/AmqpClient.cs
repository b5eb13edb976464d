using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amqp;
using Amqp.Framing;
using Amqp.Sasl;
using Amqp.Types;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Amqp;

/// <summary>A device by AMQP with a client library that is not ours, its links as Microsoft's SDKs make them.</summary>
internal sealed class AmqpClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Connection _connection;
    private Session _session;
    private readonly List<(SenderLink Ask, ReceiverLink Answers)> _cbs = [];
    private readonly ConcurrentQueue<Error?> _closed = new();
    private int _names;

    private AmqpClient(Connection connection)
    {
        _connection = connection;
        connection.AddClosedCallback((_, error) => _closed.Enqueue(error));
        _session = new Session(connection);
    }

    public bool IsClosed => _connection.IsClosed;

    /// <summary>What the hub said when it closed the connection.</summary>
    public Error? WhyClosed => _closed.TryPeek(out var error) ? error : null;

    /// <param name="user">SASL PLAIN; null: ANONYMOUS.</param>
    public static async Task<AmqpClient> OpenAsync(
        TestHub hub,
        string? user = null,
        string password = "",
        X509Certificate2? certificate = null
    )
    {
        var factory = new ConnectionFactory();
        if (certificate is not null)
            factory.SSL.ClientCertificates.Add(certificate);
#pragma warning disable CA5359 // whom it trusts is another test's business
        factory.SSL.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        factory.SASL.Profile = user is null ? SaslProfile.Anonymous : null;
        var address = new Address("127.0.0.1", hub.AmqpPort, user, password, "/", "amqps");
        var open = new Open
        {
            HostName = "hub.example.com",
            ContainerId = "test",
            MaxFrameSize = 64 * 1024,
        };
        return new AmqpClient(await factory.CreateAsync(address, open, null));
    }

    /// <summary>A connection on which this device is signed in.</summary>
    public static async Task<AmqpClient> ConnectAsync(TestHub hub, string id, DateTimeOffset? until = null)
    {
        var client = await OpenAsync(hub);
        var status = await client.PutTokenAsync(Sign.Hub(await hub.DeviceAsync(id), until: until).Password, id);
        return status == 200 ? client : throw new InvalidOperationException($"put-token {status}");
    }

    /// <summary>Links are attached in a session of their own from now on.</summary>
    public void BeginAnother() => _session = new Session(_connection);

    /// <summary>The status of the answer.</summary>
    public async Task<int> PutTokenAsync(string token, string id, string type = "servicebus.windows.net:sastoken")
    {
        if (_cbs.Count == 0)
            _cbs.Add((await SenderAsync("$cbs"), await ReceiverAsync("$cbs")));
        var (ask, answers) = _cbs[0];
        var request = new Message
        {
            Properties = new Properties { MessageId = Guid.CreateVersion7().ToString(), ReplyTo = "cbs" },
            ApplicationProperties = new ApplicationProperties
            {
                ["operation"] = "put-token",
                ["type"] = type,
                ["name"] = Uri.EscapeDataString($"hub.example.com/devices/{id}"),
            },
            BodySection = new AmqpValue { Value = token },
        };
        await ask.SendAsync(request, Patience);
        var answer = await ReadAsync(answers);
        Assert.Equal(request.Properties.MessageId, answer.Properties.CorrelationId);
        return (int)answer.ApplicationProperties["status-code"];
    }

    /// <exception cref="AmqpException">The hub refuses the link, and says why.</exception>
    public Task<SenderLink> SenderAsync(string address, Fields? properties = null) =>
        AttachAsync(attached => new SenderLink(
            _session,
            Name(),
            new Attach
            {
                Source = new Source(),
                Target = new Target { Address = address },
                Properties = properties,
            },
            attached
        ));

    /// <inheritdoc cref="SenderAsync"/>
    public async Task<ReceiverLink> ReceiverAsync(string address, int credit = 50)
    {
        var link = await AttachAsync(attached => new ReceiverLink(
            _session,
            Name(),
            new Attach
            {
                Source = new Source { Address = address },
                Target = new Target(),
            },
            attached
        ));
        link.SetCredit(credit, CreditMode.Auto);
        return link;
    }

    /// <exception cref="AmqpException">It was not accepted, for the reason that the hub gives.</exception>
    public static Task SendAsync(SenderLink link, string body, Action<Message>? fill = null)
    {
        var message = new Message
        {
            BodySection = new global::Amqp.Framing.Data { Binary = Encoding.UTF8.GetBytes(body) },
        };
        fill?.Invoke(message);
        return link.SendAsync(message, Patience);
    }

    public static async Task<Message> ReadAsync(ReceiverLink link) =>
        await link.ReceiveAsync(Patience) ?? throw new TimeoutException("No message came.");

    public static string TextOf(Message message) =>
        Encoding.UTF8.GetString(((global::Amqp.Framing.Data)message.BodySection).Binary);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _connection.CloseAsync(TimeSpan.FromSeconds(5), null);
        }
        catch (Exception e) when (e is AmqpException or TimeoutException or ObjectDisposedException)
        {
            // it was closed from the other side
        }
    }

    /// <summary>A refused link is attached to nowhere first and detached at once, with the reason.</summary>
    private static async Task<T> AttachAsync<T>(Func<OnAttached, T> make)
        where T : Link
    {
        var attached = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var closed = new TaskCompletionSource<Error?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var link = make((_, attach) => attached.TrySetResult(attach is { Source: not null, Target: not null }));
        link.AddClosedCallback((_, error) => closed.TrySetResult(error));
        if (await attached.Task.WaitAsync(Patience))
            return link;
        var refusal = await closed.Task.WaitAsync(Patience);
        throw new AmqpException(refusal!);
    }

    private string Name() => $"link-{Interlocked.Increment(ref _names)}";
}
