import { expect } from 'chai';
import { isLocalCss, localCss } from '../../../../shared/uploads/svg/local-css.ts';

describe('localCss', () => {
  it('returns CSS that refers to its own document alone as it is written', () => {
    for (const css of [
      'a{ fill : URL( #a ) ; stroke:url("#b"), url(\'#c\') red }',
      '@media screen{@supports (fill:red){a:not(.b)>c::before{content:"url(x) @import"}}}',
      '@keyframes a{from{transform:translateX(1px)}}/* (x) */',
      '.\\31 a{filter:drop-shadow(0 0 1px rgb(0 0 0/50%))}',
      'a{--b: calc(1px*2); width:var(--b)',
    ])
      expect(localCss(css, 'stylesheet')).to.equal(css);
  });

  it('removes only the rules and declarations that refer to something else', () => {
    expect(localCss('@import "x";a{fill:url(x);stroke:red}@font-face{src:url(y)}b{c:d}', 'stylesheet')).to.equal(
      'a{stroke:red}b{c:d}',
    );
    expect(localCss('fill:url(x);stroke:red!important;filter:url(#a)', 'declarationList')).to.equal(
      'stroke:red!important;filter:url(#a)',
    );
    expect(localCss('@media all{a{fill:u\\72l("x")}b{fill:red}}', 'stylesheet')).to.equal('@media all{a{}b{fill:red}}');
    expect(localCss('<!-- a{fill:red} -->', 'stylesheet')).to.equal('a{fill:red}');
  });

  it('removes comments that a reader could take for more', () => {
    expect(localCss('/* @import "x" */a{fill:red}/* url(x) */', 'stylesheet')).to.equal('a{fill:red}');
  });

  it('removes all of what cannot be read', () => {
    expect(localCss('}}url(x)', 'stylesheet')).to.equal('');
    expect(localCss('url(x', 'declarationList')).to.equal('');
  });
});

describe('isLocalCss', () => {
  it('takes no address for local that a browser could take for another', () => {
    for (const value of [
      ...['url(a)', 'url()', 'url(', 'url(\\23 a)', 'url(" #a")', 'url("\\23 a")', 'url(#a b)', 'url(#a"b)', "url('')"],
      ...['url(/**/#a)', 'url(a#b)', 'ur\\6c(#a)', 'src("#a")', 'image-set("#a" 1x)', '\u00a0url(#a)', 'url("#a\n")'],
      ...['@import "#a"', '@\\69mport "a"', 'attr(href type(<url>))', 'unknown(a)', 'a<b'],
    ])
      expect(isLocalCss(value), value).to.equal(false);
    for (const value of ['url(#a)', 'URL(\t#a )', 'url( "#a" )', 'red', 'rotate(30)', '#a', '@', '\\', ''])
      expect(isLocalCss(value), value).to.equal(true);
  });
});
