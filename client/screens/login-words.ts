import { pageWords } from '../i18n/page-words.ts';

/** Words of signing in; whoever is signed in carries none of them. */
export const useLoginWords = pageWords(
  'login',
  {
    title: '登录',
    name: '姓名',
    password: '密码',
    submit: '登录',
    busy: '正在登录…',
    failed: '姓名或密码不对',
    limited: '试得太多了，请等 {n} 秒再试',
    linkUsed: '这个登录链接只能用一次，已经用过了：请向发给您的人要新的，或在上面用姓名和密码登录',
    linkBad:
      '这个登录链接无效或已过期（链接只在发出它的那次运行里有效）：请向发给您的人要新的；演示环境用启动时打印的链接。有姓名和密码也可以在上面登录',
    unreachable: '连不上服务器，请稍后再试',
    other: '没有登录成功（{code}）',
    kiosk: '这是一块大屏？用配对码接入',
  },
  {
    title: 'Sign in',
    name: 'Name',
    password: 'Password',
    submit: 'Sign in',
    busy: 'Signing in…',
    failed: 'Name or password is wrong',
    limited: 'Too many tries: wait {n} s and try again',
    linkUsed:
      'This sign-in link works once and was already used. Ask whoever sent it for a new one, or sign in above with name and password',
    linkBad:
      'This sign-in link is wrong or has expired (a link is good only for the run that made it). Ask whoever sent it for a new one; in a demo, take the link printed at its start. With a name and password you can sign in above',
    unreachable: 'The server does not answer: try again in a moment',
    other: 'Signing in failed ({code})',
    kiosk: 'Is this a wall? Connect it with a pairing code',
  },
);
export type SayLogin = ReturnType<typeof useLoginWords>['say'];
