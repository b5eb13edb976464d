namespace IoTCentral.Web.Ui;

/// <summary>
/// How long a component is on the screen: a token that ends with it. Unlike that of a disposed source it may be asked
/// for afterwards, as work that goes on for a moment does.
/// </summary>
public sealed class Lifetime : IDisposable
{
    private readonly CancellationTokenSource _source = new();

    public Lifetime() => Token = _source.Token;

    public CancellationToken Token { get; }

    public bool IsOver => Token.IsCancellationRequested;

    public void Dispose()
    {
        if (IsOver)
            return;
        _source.Cancel();
        _source.Dispose();
    }
}
