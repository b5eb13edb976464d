using Microsoft.JSInterop;

namespace IoTCentral.Web.Ui;

/// <summary>A browser module of ours, fetched when it is first needed.</summary>
internal sealed class JsModule(IJSRuntime js, string name) : IAsyncDisposable
{
    private Task<IJSObjectReference>? _module;

    public async ValueTask CallAsync(string function, CancellationToken ct, params object?[] arguments) =>
        await (await LoadAsync()).InvokeVoidAsync(function, ct, arguments);

    public async ValueTask<T> AskAsync<T>(string function, CancellationToken ct, params object?[] arguments) =>
        await (await LoadAsync()).InvokeAsync<T>(function, ct, arguments);

    private Task<IJSObjectReference> LoadAsync() =>
        _module ??= js.InvokeAsync<IJSObjectReference>("import", $"./dist/{name}.js").AsTask();

    /// <summary>The last call of a component, after which the module is let go.</summary>
    public async ValueTask FarewellAsync(string function, params object?[] arguments)
    {
        await TellAsync(function, arguments);
        await DisposeAsync();
    }

    /// <summary>A call that a browser which is gone, or never fetched the module, does not need.</summary>
    public async ValueTask TellAsync(string function, params object?[] arguments)
    {
        if (_module is null)
            return;
        try
        {
            await CallAsync(function, CancellationToken.None, arguments);
        }
        catch (JSDisconnectedException)
        {
            // nobody there to tell
        }
        catch (OperationCanceledException)
        {
            // the circuit ended meanwhile
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_module is not { IsCompletedSuccessfully: true } module)
            return;
        _module = null;
        try
        {
            await (await module).DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // went with its browser
        }
    }
}
