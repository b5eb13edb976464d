using System.Text;
using IoTCentral.Core.Installation;

namespace IoTCentral.Core.Tests.Installation;

public sealed class SecretBoxTests
{
    private readonly ISecretBox _box = new SecretBox(MasterKey.New());

    [Theory]
    [InlineData("")]
    [InlineData("a device key ü")]
    public void A_wrapped_secret_comes_back_at_its_place(string secret)
    {
        var wrapped = _box.WrapText(secret, "device/1/2/primary");

        Assert.Equal(secret, _box.UnwrapText(wrapped, "device/1/2/primary"));
    }

    [Fact]
    public void A_wrapped_secret_does_not_show_and_no_two_are_alike()
    {
        var first = _box.WrapText("hunter2hunter2", "p");
        var second = _box.WrapText("hunter2hunter2", "p");

        Assert.NotEqual(first, second);
        Assert.DoesNotContain("hunter2", Encoding.Latin1.GetString(first), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_moved_to_another_row_does_not_open()
    {
        var wrapped = _box.WrapText("secret", "device/1/2/primary");

        Assert.Throws<SecretUnreadableException>(() => _box.UnwrapText(wrapped, "device/1/3/primary"));
    }

    [Fact]
    public void Another_installations_key_does_not_open_it()
    {
        var wrapped = _box.WrapText("secret", "p");
        ISecretBox other = new SecretBox(MasterKey.New());

        Assert.Throws<SecretUnreadableException>(() => other.UnwrapText(wrapped, "p"));
    }

    [Fact]
    public void No_byte_of_a_wrapped_secret_can_be_changed_or_cut_off()
    {
        var wrapped = _box.WrapText("secret", "p");

        for (var i = 0; i < wrapped.Length; i++)
        {
            var changed = (byte[])wrapped.Clone();
            changed[i] ^= 1;
            Assert.Throws<SecretUnreadableException>(() => _box.UnwrapText(changed, "p"));
            Assert.Throws<SecretUnreadableException>(() => _box.UnwrapText(wrapped.AsSpan(0, i), "p"));
        }
    }

    [Fact]
    public void A_key_written_to_its_file_opens_what_it_wrapped()
    {
        var key = MasterKey.New();
        ISecretBox before = new SecretBox(key);
        var wrapped = before.WrapText("secret", "p");

        Assert.True(MasterKey.TryParse(key.ToBase64() + "\n", out var again));
        ISecretBox after = new SecretBox(again!);

        Assert.Equal("secret", after.UnwrapText(wrapped, "p"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!")]
    public void What_is_not_32_bytes_of_base64_is_no_key(string text) => Assert.False(MasterKey.TryParse(text, out _));
}
